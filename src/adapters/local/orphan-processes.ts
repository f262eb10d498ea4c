import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import type { Home } from './home.ts';
import { OWNER_VARIABLE, signalGroup } from './process-group.ts';
import {
  oneOfFew,
  type ProcessEntry,
  processIds,
  readArguments,
  readEnvironment,
  readProcessTable,
  withDescendants,
} from './process-inspection.ts';

/** Carries the id of the instance that a process belongs to. */
export const INSTANCE_VARIABLE = 'HIVEMIND_INSTANCE';

export interface OwnedProcess {
  readonly pid: number;
  /** Id of the instance it belongs to; absent for builds, git and databases. */
  readonly instance?: string;
  readonly argv: readonly string[];
}

/** The leader of a process group as it was recorded when it started. */
export interface RecordedLeader {
  readonly pid: number;
  /** Null where there is no `/proc`. */
  readonly startTicks: number | null;
  readonly startedAt: string;
}

export interface OrphanOptions {
  /** Not these processes, nor their groups. */
  readonly except?: readonly number[];
  /** Only processes of instances. @default false */
  readonly instancesOnly?: boolean;
  /**
   * Leaders started for this home earlier. Programs that write their title over their environment (PostgreSQL, Gunicorn) are
   * known by their start time only; where there is no `/proc`, these groups are all that is found.
   */
  readonly leaders?: readonly RecordedLeader[];
}

const PATIENCE_MILLISECONDS = 10_000;
const PAUSE_MILLISECONDS = 20;

/** All processes that were started for this home, by whichever server; empty where there is no `/proc`. */
export async function findOwnedProcesses(home: Home): Promise<readonly OwnedProcess[]> {
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner });
  return Promise.all(
    [...marked].map(async ([pid, environment]) => {
      const instance = environment.get(INSTANCE_VARIABLE);
      return { pid, ...(instance !== undefined && { instance }), argv: await readArguments(pid) };
    }),
  );
}

/**
 * Kills what an earlier server left running, with its groups and descendants, and waits until it is gone. What descends from
 * this process was started by this server and is left alone.
 * @throws {HiveMindError} ResourcesLeft
 */
export async function endOrphanProcesses(home: Home, options: OrphanOptions = {}): Promise<void> {
  if ((await processIds()).length === 0) return endRecordedGroups(options.leaders ?? []);
  await endProcesses(() => findOrphans(home, options));
}

/** Environments by process id of the processes that were started with all of these variables. */
export async function findMarked(
  marker: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<number, ReadonlyMap<string, string>>> {
  const pids = (await processIds()).filter((pid) => pid !== process.pid);
  const all = await Promise.all(
    pids.map((pid) => oneOfFew(async () => [pid, await readEnvironment(pid)] as const)),
  );
  const variables = Object.entries(marker);
  return new Map(all.filter(([, its]) => variables.every(([name, value]) => its.get(name) === value)));
}

/** Kills what `find` finds until it finds nothing. @throws {HiveMindError} ResourcesLeft */
export async function endProcesses(find: () => Promise<readonly ProcessEntry[]>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const left = await find();
    if (left.length === 0) return;
    if (performance.now() > deadline) throw unkillable(left.map(({ pid }) => pid));
    for (const { pid } of left) kill(pid);
    await sleep(PAUSE_MILLISECONDS);
  }
}

async function findOrphans(home: Home, options: OrphanOptions): Promise<readonly ProcessEntry[]> {
  const { except = [], instancesOnly = false, leaders = [] } = options;
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner });
  const table = await readProcessTable();
  const isOrphan = ({ pid, startTicks }: ProcessEntry): boolean =>
    leaders.some((leader) => leader.pid === pid && leader.startTicks === startTicks) ||
    (marked.has(pid) && (!instancesOnly || marked.get(pid)?.has(INSTANCE_VARIABLE) === true));
  const groups = new Set(table.filter((entry) => entry.pid === entry.group && isOrphan(entry)).map(groupOf));
  const found = withDescendants(table, (entry) => isOrphan(entry) || groups.has(entry.group));
  return withoutOwn(table, found, except);
}

const groupOf = ({ group }: ProcessEntry): number => group;

/** Leaves out this process, its group and what it has started, and the groups of the excepted processes. */
function withoutOwn(
  table: readonly ProcessEntry[],
  found: readonly ProcessEntry[],
  except: readonly number[],
): readonly ProcessEntry[] {
  const kept = new Set([process.pid, ...except]);
  const groups = new Set(table.filter(({ pid }) => kept.has(pid)).map(groupOf));
  // Process 1 of a container adopts every orphan: there, descending from it says nothing.
  const own = withDescendants(table, ({ pid }) => kept.has(pid) && pid !== 1);
  const ownPids = new Set(own.map(({ pid }) => pid));
  return found.filter(({ pid, group }) => !ownPids.has(pid) && !groups.has(group));
}

/** A number recorded before the machine was started now belongs to somebody else. */
async function endRecordedGroups(leaders: readonly RecordedLeader[]): Promise<void> {
  const machineStartedAt = Date.now() - uptime() * 1000;
  const groups = leaders
    .filter(({ startedAt }) => Date.parse(startedAt) > machineStartedAt)
    .map(({ pid }) => pid);
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const left = groups.filter((group) => signalGroup(group, 'SIGKILL'));
    if (left.length === 0) return;
    if (performance.now() > deadline) throw unkillable(left);
    await sleep(PAUSE_MILLISECONDS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // EPERM: it has become another user's; waiting for its end decides.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

const unkillable = (pids: readonly number[]): HiveMindError =>
  new HiveMindError('ResourcesLeft', `processes of an earlier run cannot be ended: ${pids.join(', ')}`, {
    hint: `end them as a user who may (kill -9 ${pids.join(' ')}), or restart the machine`,
  });
