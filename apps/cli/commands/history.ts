import { type EventView, historyDocument } from '../../../src/contracts/api.ts';
import { EXIT } from '../../../src/domain/errors.ts';
import { EVENT_TYPES } from '../../../src/domain/events.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { Colors } from '../output.ts';
import { localTime } from '../render/words.ts';
import type { Connection } from '../server/connection.ts';
import { connectionFor, deploymentPath } from './named-deployment.ts';

const TYPE_WIDTH = Math.max(...EVENT_TYPES.map(({ length }) => length));

/** One line an event, oldest first. */
export async function history(context: CommandContext, name: string): Promise<number> {
  const { output } = context;
  const events = await allEvents(await connectionFor(context, name), name);
  if (output.json) output.document({ events });
  else for (const line of eventLines(events, output.paint)) output.print(line);
  return EXIT.ok;
}

function eventLines(events: readonly EventView[], { dim, cyan }: Colors): readonly string[] {
  const actors = events.map(({ actor }) => singleLine(actor));
  const width = Math.max(0, ...actors.map(({ length }) => length));
  return events.map(({ time, type, message }, index) => {
    const actor = cyan((actors[index] ?? '').padEnd(width));
    return `${dim(localTime(time))}  ${type.padEnd(TYPE_WIDTH)}  ${actor}  ${singleLine(message)}`;
  });
}

/** The server hands the history out in pages. */
export async function allEvents(connection: Connection, name: string): Promise<readonly EventView[]> {
  const events: EventView[] = [];
  for (;;) {
    const after = events.at(-1)?.sequence ?? 0;
    const page = await connection.get(deploymentPath(name, `/history?after=${after}`), historyDocument);
    const fresh = page.events.filter(({ sequence }) => sequence > after);
    if (fresh.length === 0) return events;
    events.push(...fresh);
  }
}
