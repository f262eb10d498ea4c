import type { RollbackRequest } from '../../../src/contracts/api.ts';
import { rollbackPreviewDocument } from '../../../src/contracts/releases.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { RollbackOptions } from '../definitions/changing.ts';
import type { Connection } from '../server/connection.ts';
import { isConfirmed } from './confirmation.ts';
import { comparisonOf } from './diff.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';
import { showSwap } from './swap.ts';

/**
 * Puts an earlier release in the place of the live one. It says which and what changes; in a terminal it then asks, in a script it
 * goes on: whoever goes back is in a hurry, and the way forward is one command.
 */
export async function rollback(
  context: CommandContext,
  name: string,
  options: RollbackOptions,
): Promise<number> {
  const { to, despiteMigrations, keepWarm } = options;
  const connection = await connectionFor(context, name);
  if (!context.output.json) await showChanges(context, connection, name, options);
  const asks = context.interactive && options.yes !== true;
  if (asks && !(await isConfirmed(context, `Roll ${singleLine(name)} back?`))) {
    context.output.note('nothing was changed');
    return EXIT.ok;
  }
  const body: RollbackRequest = {
    ...(to !== undefined && { toRelease: to }),
    ...(despiteMigrations && { despiteMigrations }),
    ...(keepWarm !== undefined && { keepWarmSeconds: keepWarm }),
  };
  return await showSwap(context, connection, { path: deploymentPath(name, '/rollback'), body, options });
}

/** First whether it can be: what is refused is neither announced nor asked about. */
async function showChanges(
  { output }: CommandContext,
  connection: Connection,
  name: string,
  { to: wanted, despiteMigrations }: RollbackOptions,
): Promise<void> {
  const query = new URLSearchParams({
    ...(wanted !== undefined && { toRelease: String(wanted) }),
    ...(despiteMigrations && { despiteMigrations: 'true' }),
  });
  const path = deploymentPath(name, `/rollback?${query}`);
  const { from, to, warm } = await connection.get(path, rollbackPreviewDocument);
  if (from === null || to === null) {
    output.note('it was never live: what its first deploy has left is removed');
    return;
  }
  const comparison = await comparisonOf(connection, name, { from, to });
  const { comparisonText } = await import('../render/releases.ts');
  output.note(comparisonText(comparison, output.notePaint));
  const how = warm ? ': it is warm, so only the weights change' : '';
  output.note(`back from release ${from} to release ${to}${how}`);
}
