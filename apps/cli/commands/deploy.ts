import {
  type ExecutionView,
  previewDocument,
  type Started,
  startedDocument,
} from '../../../src/contracts/api.ts';
import { type DeploymentView, deploymentDocument } from '../../../src/contracts/deployment.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { DeployOptions } from '../definitions/deploying.ts';
import type { Connection } from '../server/connection.ts';
import { openConnection } from '../server/open-connection.ts';
import { type EndedWork, waitForExecution } from '../wait-for-execution.ts';
import { deployRequestFrom } from './deploy-request.ts';
import { failureOf } from './execution-failure.ts';
import { deploymentPath } from './named-deployment.ts';

/** Starts the deploy workflow, shows how it goes and proves its end. */
export async function deploy(
  context: CommandContext,
  source: string,
  description: string | undefined,
  options: DeployOptions,
): Promise<number> {
  if (options.whatIf && !options.wait) {
    throw new HiveMindError('InvalidInput', '--what-if and --no-wait exclude each other', {
      hint: 'leave --no-wait out: the answer of --what-if is what it waits for',
    });
  }
  const request = await deployRequestFrom(context, source, description, options);
  const connection = await openConnection(context);
  const start = () => connection.send('POST', '/v1/deployments', request, startedDocument);
  if (!options.wait) return await showStarted(context, connection, await start());
  const work = await waitForExecution(context, connection, start, { verbose: options.verbose === true });
  return options.whatIf
    ? await showPreview(context, connection, work)
    : await showVerdict(context, connection, work);
}

async function showStarted(
  { output }: CommandContext,
  connection: Connection,
  { deploymentId, deploymentName }: Started,
): Promise<number> {
  if (output.json) {
    output.document(await connection.get(deploymentPath(deploymentId), deploymentDocument));
  } else {
    const name = singleLine(deploymentName);
    output.print(`deploying ${name} in the background: "hivemind status ${name}" shows how it goes`);
  }
  return EXIT.ok;
}

async function showPreview(
  { output }: CommandContext,
  connection: Connection,
  { started, execution }: EndedWork,
): Promise<number> {
  if (execution.status !== 'SUCCEEDED') throw failureOf(execution, started);
  const path = `/v1/executions/${encodeURIComponent(started.executionId)}/preview`;
  const document = await connection.get(path, previewDocument);
  if (output.json) {
    output.document(document);
  } else {
    const { previewText } = await import('../render/preview.ts');
    output.print(previewText(document.preview, { paint: output.paint, width: output.width }));
  }
  return EXIT.ok;
}

/** The proved end of a deploy. @throws {HiveMindError} why it is not live */
export async function showVerdict(
  { output }: CommandContext,
  connection: Connection,
  { started, execution }: EndedWork,
): Promise<number> {
  const document = await connection
    .get(deploymentPath(started.deploymentId), deploymentDocument)
    .catch((error: unknown) => {
      throw isGone(error) ? failureOf(execution, started) : error;
    });
  const { deployment } = document;
  if (output.json) output.document(document);
  const { successText, failureHeading } = await import('../render/verdict.ts');
  if (isProved(execution, deployment)) {
    if (!output.json) output.print(successText(deployment, execution, output.paint));
    return EXIT.ok;
  }
  if (execution.status !== 'CANCELLED') output.note(failureHeading(deployment, output.notePaint));
  throw failureOf(execution, started, deployment);
}

/** A first deployment that failed early may have been taken back altogether. */
const isGone = (error: unknown): boolean =>
  error instanceof HiveMindError && error.code === 'DeploymentNotFound';

/** Both must say so: an execution can end well after something else has broken the deployment. */
const isProved = (execution: ExecutionView, deployment: DeploymentView): boolean =>
  execution.status === 'SUCCEEDED' && deployment.status === 'ACTIVE';
