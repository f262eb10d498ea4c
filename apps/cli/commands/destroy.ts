import {
  type DestroyRequest,
  removedDocument,
  type Started,
  startedDocument,
} from '../../../src/contracts/api.ts';
import { type DeploymentView, deploymentDocument } from '../../../src/contracts/deployment.ts';
import { type RemovalView, removalDocument } from '../../../src/contracts/upkeep.ts';
import { printable } from '../../../src/domain/deployment.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import { isOpenQuestion } from '../../../src/domain/fix.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { removalByHand } from '../../../src/domain/removal-advice.ts';
import type { CommandContext } from '../command-context.ts';
import type { DestroyOptions } from '../definitions/deploying.ts';
import { sendAnswer } from '../open-question.ts';
import type { Connection } from '../server/connection.ts';
import { type EndedWork, waitForExecution } from '../wait-for-execution.ts';
import { askedText } from './confirmation.ts';
import { failureOf } from './execution-failure.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { workOf } from './named-fix.ts';

/** Removes a deployment after its name was given twice. */
export async function destroy(
  context: CommandContext,
  name: string,
  options: DestroyOptions,
): Promise<number> {
  if (options.confirm !== undefined) assertConfirmed(name, options.confirm);
  else if (!context.interactive) throw confirmationRequired(name);
  const connection = await connectionFor(context, name);
  const { deployment } = await connection.get(deploymentPath(name), deploymentDocument);
  if (deployment.status === 'DESTROYED') return showAlreadyGone(context, deployment);
  if (options.confirm === undefined) await confirm(context, connection, deployment, options);
  await declineQuestion(context, connection, deployment);
  const request: DestroyRequest = { confirm: name, snapshot: options.snapshot };
  const start = () => connection.send('DELETE', deploymentPath(name), request, startedDocument);
  if (!options.wait) return showStarted(context, await start());
  const work = await waitForExecution(context, connection, start, { verbose: options.verbose === true });
  return await showDestroyEnd(context, connection, deployment, work);
}

/** Whoever removes a deployment wants no fix of it any more: what waits for an answer is told so, and ends. */
async function declineQuestion(
  context: CommandContext,
  connection: Connection,
  { fixes }: DeploymentView,
): Promise<void> {
  const question = fixes.find(isOpenQuestion);
  if (!question) return;
  context.output.note(`declining the fix that waits for an answer: ${singleLine(question.does)}`);
  const { answer } = await sendAnswer(connection, question, { approve: false });
  await waitForExecution(context, connection, async () => workOf(question), {
    verbose: false,
    ...(answer && { since: answer.at }),
  });
}

/** What was removed. @throws {HiveMindError} why not everything was, with what remains */
export async function showDestroyEnd(
  context: CommandContext,
  connection: Connection,
  deployment: DeploymentView,
  { started, execution }: EndedWork,
): Promise<number> {
  if (execution.status === 'SUCCEEDED') return await showRemoved(context, connection, started);
  throw await withRemains(connection, deployment, failureOf(execution, started));
}

/** The failure, exactly what remains, and how to remove it. */
async function withRemains(
  connection: Connection,
  { id, name, target }: DeploymentView,
  failure: HiveMindError,
): Promise<HiveMindError> {
  const { resources } = await remainsOf(connection, id);
  if (failure.code === 'Cancelled' || resources.length === 0) return failure;
  const remains = resources.map(({ type, id: what }) => `${type} ${what}`).join(', ');
  const byHand = resources.flatMap((resource) => removalByHand(resource, target) ?? []);
  const commands = byHand.length === 0 ? '' : `; or by hand: ${byHand.join('; ')}`;
  return new HiveMindError(failure.code, `${failure.message}; what remains: ${remains}`, {
    hint: `${failure.hint}; then go on with what is left: hivemind destroy ${name} --confirm ${name}${commands}`,
    logTail: failure.logTail,
    cause: failure,
  });
}

/** What cannot be asked any more hides no failure. */
async function remainsOf(connection: Connection, id: string): Promise<Pick<RemovalView, 'resources'>> {
  try {
    return await connection.get(deploymentPath(id, '/removal'), removalDocument);
  } catch (error) {
    if (error instanceof HiveMindError) return { resources: [] };
    throw error;
  }
}

function assertConfirmed(name: string, confirmed: string): void {
  if (name === confirmed) return;
  throw new HiveMindError(
    'ConfirmationMismatch',
    `"${printable(confirmed)}" is not the name of the deployment, "${printable(name)}"`,
    {
      hint: `nothing was removed; to remove it run: hivemind destroy ${printable(name)} --confirm ${printable(name)}`,
    },
  );
}

const confirmationRequired = (name: string): HiveMindError =>
  new HiveMindError(
    'ConfirmationRequired',
    'destroying needs the name of the deployment once more, and nothing was removed',
    {
      hint: `add --confirm ${printable(name)}; "hivemind status ${printable(name)}" shows what there is`,
    },
  );

/** Shows what will go, and asks for the name. */
async function confirm(
  context: CommandContext,
  connection: Connection,
  deployment: DeploymentView,
  options: DestroyOptions,
): Promise<void> {
  const { output } = context;
  const removal = await connection.get(
    deploymentPath(deployment.name, '/removal?explain=true'),
    removalDocument,
  );
  const { removalText } = await import('../render/upkeep.ts');
  const { bold } = output.notePaint;
  const data = options.snapshot
    ? 'saved as a dump file, then removed'
    : bold('removed with its data, without a snapshot');
  output.note(`${bold(deployment.name)} will be removed for good: ${deployment.status}${deployment.url ? `, ${singleLine(deployment.url)}` : ''}
${removalText(removal, output.notePaint)}

  database, if it has one: ${data}
  stays: the history and the report`);
  const answer = await askedText(context, `Type ${deployment.name} to remove it`);
  if (answer === undefined) throw confirmationRequired(deployment.name);
  assertConfirmed(deployment.name, answer);
}

function showAlreadyGone({ output }: CommandContext, { name }: DeploymentView): number {
  if (output.json) output.document({ removed: [], kept: [] });
  else output.print(`${singleLine(name)} is already destroyed`);
  return EXIT.ok;
}

function showStarted({ output }: CommandContext, started: Started): number {
  const name = singleLine(started.deploymentName);
  if (output.json) output.document(started);
  else output.print(`removing ${name} in the background: "hivemind status ${name}" shows how it goes`);
  return EXIT.ok;
}

async function showRemoved(
  { output }: CommandContext,
  connection: Connection,
  { executionId, deploymentName }: Started,
): Promise<number> {
  const path = `/v1/executions/${encodeURIComponent(executionId)}/removed`;
  const { removed, kept } = await connection.get(path, removedDocument);
  if (output.json) {
    output.document({ removed, kept });
    return EXIT.ok;
  }
  const { green, dim, bold } = output.paint;
  for (const { type, id, result } of removed) {
    output.print(`${green('-')} ${singleLine(type)} ${singleLine(id)}${dim(`: ${singleLine(result)}`)}`);
  }
  for (const { type, id } of kept) output.print(`  kept: ${singleLine(type)} ${singleLine(id)}`);
  output.print(`${green('✓')} ${bold(singleLine(deploymentName))} is destroyed: nothing else is left of it`);
  return EXIT.ok;
}
