import {
  type OrphansRemovedView,
  orphansDocument,
  orphansRemovedDocument,
} from '../../../src/contracts/upkeep.ts';
import { EXIT, HiveMindError } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { FindOrphansOptions } from '../definitions/upkeep.ts';
import { openForReading } from '../server/open-connection.ts';
import { requireYes } from './confirmation.ts';

/** Lists what no living deployment owns; with `--delete` it is removed after a yes. */
export async function findOrphans(context: CommandContext, options: FindOrphansOptions): Promise<number> {
  const { output } = context;
  const connection = await openForReading(context);
  const path = `/v1/orphans?olderThanSeconds=${options.olderThan}`;
  const found = connection ? await connection.get(path, orphansDocument) : { orphans: [], monthlyUsd: 0 };
  const count = found.orphans.filter(({ verdict }) => verdict === 'orphan').length;
  const removes = options.delete === true && count > 0 && connection !== undefined;
  if (output.json && !removes) {
    output.document(options.delete ? { removed: [], left: [] } : found);
    return EXIT.ok;
  }
  const { orphansText } = await import('../render/upkeep.ts');
  if (!output.json) output.print(orphansText(found, { paint: output.paint, width: output.width }));
  if (!removes) {
    if (count > 0) output.note('nothing was removed; --delete removes the orphans');
    return EXIT.ok;
  }
  const what = `removing ${count} ${count === 1 ? 'orphan' : 'orphans'}`;
  await requireYes(context, { yes: options.yes === true, message: `Remove ${count} for good?`, what });
  const request = { olderThanSeconds: options.olderThan };
  const outcome = await connection.send('DELETE', '/v1/orphans', request, orphansRemovedDocument);
  return showOutcome(context, outcome);
}

function showOutcome({ output }: CommandContext, { removed, left }: OrphansRemovedView): number {
  const { green } = output.paint;
  if (output.json) output.document({ removed, left });
  else {
    for (const { type, id } of removed) {
      output.print(`${green('-')} ${singleLine(type)} ${singleLine(id)}: removed`);
    }
  }
  if (left.length === 0) return EXIT.ok;
  const what = left.map(({ type, id, why }) => `${type} ${id} (${why})`).join(', ');
  throw new HiveMindError('ResourcesLeft', `still there: ${what}`, {
    hint: [...new Set(left.map(({ how }) => how))].join('; '),
  });
}
