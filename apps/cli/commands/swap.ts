import type * as z from 'zod';
import type { ExecutionView } from '../../../src/contracts/api.ts';
import { type DeploymentView, deploymentDocument } from '../../../src/contracts/deployment.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { SwapOptions } from '../definitions/changing.ts';
import type { Connection } from '../server/connection.ts';
import type { EndedWork } from '../wait-for-execution.ts';
import { failureOf } from './execution-failure.ts';
import { deploymentPath } from './named-deployment.ts';
import { showStartedWork, type WorkOrder } from './started-work.ts';

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

/** Starts work that takes the traffic to another release, shows how it goes, and how it ended. */
export const showSwap = (
  context: CommandContext,
  connection: Connection,
  order: WorkOrder,
): Promise<number> => showStartedWork(context, connection, order, showSwapEnd);

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
