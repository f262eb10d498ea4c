import type { Home } from '../home.ts';
import { endProcesses, findMarked, INSTANCE_VARIABLE } from '../orphan-processes.ts';
import { OWNER_VARIABLE, type ProcessGroup } from '../process-group.ts';
import { type ProcessEntry, readProcessTable, withDescendants } from '../process-inspection.ts';

/** Set for one-off commands only: they and the application of the same instance end apart from each other. */
export const COMMAND_VARIABLE = 'HIVEMIND_COMMAND';

/** By what the processes of one group are known when they have left it. */
export interface ProcessMarker {
  readonly instance: string;
  /** Undefined for the application itself. */
  readonly command?: string;
}

/** The processes of a group, what descends from them, and those that left the group but carry its marker. */
export async function findProcesses(
  home: Home,
  marker: ProcessMarker,
  group: number | undefined,
): Promise<readonly ProcessEntry[]> {
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner, [INSTANCE_VARIABLE]: marker.instance });
  return withDescendants(
    await readProcessTable(),
    (entry) =>
      entry.group === group ||
      (marked.has(entry.pid) && marked.get(entry.pid)?.get(COMMAND_VARIABLE) === marker.command),
  );
}

/**
 * Ends a group and everything that came from it: what has left the group, and even its environment, is seen as long as its
 * parents live. @throws {HiveMindError} ResourcesLeft
 */
export async function endGroup(
  home: Home,
  marker: ProcessMarker,
  group: ProcessGroup,
  graceMilliseconds: number,
): Promise<void> {
  const before = await findProcesses(home, marker, group.pid);
  await group.stop(graceMilliseconds);
  const known = new Map(before.map(({ pid, startTicks }) => [pid, startTicks]));
  await endProcesses(async () => {
    const left = (await readProcessTable()).filter(({ pid, startTicks }) => known.get(pid) === startTicks);
    const marked = await findProcesses(home, marker, undefined);
    return [...new Map([...left, ...marked].map((entry) => [entry.pid, entry])).values()];
  });
}
