import type * as z from 'zod';
import { type ExecutionView, startedDocument } from '../../../src/contracts/api.ts';
import { type DeploymentView, deploymentDocument } from '../../../src/contracts/deployment.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { SwapOptions, WorkOptions } from '../definitions/changing.ts';
import type { Connection } from '../server/connection.ts';
import { type EndedWork, waitForExecution } from '../wait-for-execution.ts';
import { failureOf } from './execution-failure.ts';
import { deploymentPath } from './named-deployment.ts';

/** What `--steps`, `--bake` and `--keep-warm` say. */
export const swapRequest = ({ steps, bake, keepWarm }: SwapOptions) => ({
  ...(steps !== undefined && { steps: [...steps] }),
  ...(bake !== undefined && { bakeSeconds: bake }),
  ...(keepWarm !== undefined && { keepWarmSeconds: keepWarm }),
});

/** As the server will check it, so that a typing mistake starts nothing. @throws {HiveMindError} InvalidInput */
export function checkedRequest<T>(shape: z.ZodType<unknown, T>, request: T, command: string): T {
  const issue = shape.safeParse(request).error?.issues[0];
  if (!issue) return request;
  throw new HiveMindError('InvalidInput', `${issue.path.join(' ')}: ${issue.message}`, {
    hint: `run "hivemind help ${command}" for what is allowed`,
  });
}

export interface SwapOrder {
  readonly path: string;
  readonly body: object;
  readonly options: WorkOptions;
}

/** Starts work that takes the traffic to another release, shows how it goes, and how it ended. */
export async function showSwap(
  context: CommandContext,
  connection: Connection,
  { path, body, options }: SwapOrder,
): Promise<number> {
  const { output } = context;
  const start = () => connection.send('POST', path, body, startedDocument);
  if (!options.wait) {
    const started = await start();
    const name = singleLine(started.deploymentName);
    if (output.json) output.document(started);
    else output.print(`started in the background: "hivemind status ${name}" shows how it goes`);
    return EXIT.ok;
  }
  const work = await waitForExecution(context, connection, start, { verbose: options.verbose === true });
  return await showSwapEnd(context, connection, work);
}

/** How work ended that takes the traffic to another release. @throws {HiveMindError} why it failed */
export async function showSwapEnd(
  context: CommandContext,
  connection: Connection,
  { started, execution }: EndedWork,
): Promise<number> {
  const { output } = context;
  const document = await connection.get(deploymentPath(started.deploymentId), deploymentDocument);
  if (output.json) output.document(document);
  const { deployment } = document;
  if (execution.status !== 'SUCCEEDED') {
    if (execution.status !== 'CANCELLED') {
      const { failureHeading } = await import('../render/verdict.ts');
      output.note(failureHeading(deployment, output.notePaint));
    }
    throw failureOf(execution, started, deployment);
  }
  if (!output.json) await printEnd(context, deployment, execution);
  return EXIT.ok;
}

/** Stages that change something for users when they run anew. */
const CHANGING = ['build', 'compute', 'roll', 'load-balancer', 'database'] as const;

async function printEnd(
  { output }: CommandContext,
  deployment: DeploymentView,
  execution: ExecutionView,
): Promise<void> {
  const ran = deployment.stages.filter(
    ({ name, status }) => status === 'SUCCEEDED' && CHANGING.some((changing) => changing === name),
  );
  const release = deployment.release?.number;
  if (execution.workflow === 'update' && ran.every(({ reused }) => reused)) {
    output.print(`nothing to change: release ${release} is live with this commit and this plan`);
    return;
  }
  const shift = deployment.stages.find(({ name, status }) => name === 'shift' && status === 'SUCCEEDED');
  if (shift?.summary) output.print(singleLine(shift.summary));
  const { successText } = await import('../render/verdict.ts');
  output.print(successText(deployment, execution, output.paint));
}
