import {
  type DriftView,
  driftDocument,
  type ReconciledView,
  reconciledDocument,
} from '../../../src/contracts/upkeep.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import type { ReconcileOptions } from '../definitions/upkeep.ts';
import type { Connection } from '../server/connection.ts';
import { waitForExecution } from '../wait-for-execution.ts';
import { requireYes } from './confirmation.ts';
import { failureOf } from './execution-failure.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

/** Shows what is not as recorded; mends it after a yes. */
export async function reconcile(
  context: CommandContext,
  name: string,
  options: ReconcileOptions,
): Promise<number> {
  const { output } = context;
  const connection = await connectionFor(context, name);
  const { drift } = await connection.get(deploymentPath(name, '/drift'), driftDocument);
  if (drift.length === 0) {
    if (output.json) output.document({ mended: [], left: [], started: null });
    else output.print('everything is as recorded');
    return EXIT.ok;
  }
  await show(context, drift, options);
  const what = `mending ${drift.length} ${drift.length === 1 ? 'thing' : 'things'} of ${name}`;
  await requireYes(context, { yes: options.yes === true, message: 'Mend it?', what });
  const path = deploymentPath(name, '/reconcile');
  const outcome = await connection.send('POST', path, {}, reconciledDocument);
  await waitForWork(context, connection, outcome, options);
  if (output.json) output.document(outcome);
  else print(context, outcome);
  if (outcome.left.length > 0) throw notAllMended(outcome);
  return EXIT.ok;
}

/** Without a yes the document is the drift as it is: nothing of it is mended, and nothing started. */
async function show(
  { output }: CommandContext,
  drift: DriftView['drift'],
  options: ReconcileOptions,
): Promise<void> {
  if (output.json) {
    if (options.yes !== true) output.document({ mended: [], left: drift, started: null });
    return;
  }
  const { driftText } = await import('../render/upkeep.ts');
  output.note(driftText(drift, output.notePaint));
}

/** What one call could not mend goes on as a workflow. */
async function waitForWork(
  context: CommandContext,
  connection: Connection,
  { started }: ReconciledView,
  options: ReconcileOptions,
): Promise<void> {
  if (started === null || !options.wait) return;
  const { execution } = await waitForExecution(context, connection, async () => started, {
    verbose: options.verbose === true,
  });
  if (execution.status !== 'SUCCEEDED') throw failureOf(execution, started);
}

function print({ output }: CommandContext, { mended, left, started }: ReconciledView): void {
  const { green } = output.paint;
  for (const { resource, recorded } of mended) output.print(`${green('✓')} ${resource}: ${recorded}`);
  if (started !== null) output.print(`${green('✓')} the live release was set up again`);
  else if (left.length === 0) output.print('everything is as recorded again');
}

const notAllMended = ({ left }: ReconciledView): HiveMindError =>
  new HiveMindError(
    'ResourcesLeft',
    `not mended: ${left.map(({ resource, seen }) => `${resource} (${seen})`).join(', ')}`,
    { hint: [...new Set(left.map(({ advice }) => advice))].join('; ') },
  );
