import { readdir, readFile, readlink } from 'node:fs/promises';
import pLimit from 'p-limit';
import { systemErrorCode } from '../../domain/errors.ts';

/** Shared by all look-ups over every process: each is an open file, and files are limited. */
export const oneOfFew = pLimit(32);

/** What `/proc` says of a process that is alive. Everything here is empty on systems without `/proc`. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks since the start of the machine: with the pid, the identity of a process. */
  readonly startTicks: number;
  /** Of the process and of the children it has waited for. */
  readonly cpuSeconds: number;
}

/** Linux reports times to programs in hundredths of a second on every architecture (USER_HZ, see time(7)). */
const TICKS_PER_SECOND = 100;

/** All processes besides zombies. */
export async function readProcessTable(): Promise<readonly ProcessEntry[]> {
  const entries = await Promise.all((await processIds()).map((pid) => oneOfFew(() => readProcess(pid))));
  return entries.filter((entry) => entry !== undefined);
}

/** Undefined when there is no such process, or only its zombie. */
export async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  const text = await readOfProcess(pid, 'stat');
  // The name, in parentheses, may itself contain spaces and parentheses.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const number = (field: number) => Number(fields[field - FIRST_FIELD]);
  return {
    pid,
    parent: number(4),
    group: number(5),
    startTicks: number(22),
    cpuSeconds: (number(14) + number(15) + number(16) + number(17)) / TICKS_PER_SECOND,
  };
}
/** proc_pid_stat(5) counts fields from 1; the third follows the name. */
const FIRST_FIELD = 3;

/** These processes and all that descend from them, even when they have left for another group or session. */
export function withDescendants(
  table: readonly ProcessEntry[],
  isAncestor: (entry: ProcessEntry) => boolean,
): readonly ProcessEntry[] {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const found = new Map<number, ProcessEntry>();
  const waiting = table.filter(isAncestor);
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (found.has(entry.pid)) continue;
    found.set(entry.pid, entry);
    waiting.push(...(children.get(entry.pid) ?? []));
  }
  return [...found.values()];
}

/** The environment a process was started with; empty when it is another user's. */
export async function readEnvironment(pid: number): Promise<ReadonlyMap<string, string>> {
  const entries = ((await readOfProcess(pid, 'environ')) ?? '')
    .split('\0')
    .filter((entry) => entry.includes('='));
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

export async function readArguments(pid: number): Promise<readonly string[]> {
  return ((await readOfProcess(pid, 'cmdline')) ?? '').split('\0').slice(0, -1);
}

/** Resident memory; pages that processes share count for each of them. */
export async function readMemoryBytes(pid: number): Promise<number> {
  const status = await readOfProcess(pid, 'status');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1] ?? 0) * 1024;
}

/** TCP ports on which any of these processes listens, in ascending order. */
export async function readListeningPorts(pids: readonly number[]): Promise<readonly number[]> {
  const [sockets, ...tables] = await Promise.all([
    Promise.all(pids.map(readSocketInodes)),
    readListeners('/proc/net/tcp'),
    readListeners('/proc/net/tcp6'),
  ]);
  const inodes = new Set(sockets.flat());
  const ports = tables.flat().flatMap(({ inode, port }) => (inodes.has(inode) ? [port] : []));
  return [...new Set(ports)].sort((a, b) => a - b);
}

export async function processIds(): Promise<readonly number[]> {
  return (await orNothing(readdir('/proc')))?.filter((name) => /^\d+$/.test(name)).map(Number) ?? [];
}

const readOfProcess = (pid: number, file: string): Promise<string | undefined> =>
  orNothing(readFile(`/proc/${pid}/${file}`, 'utf8'));

async function readSocketInodes(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = (await orNothing(readdir(folder))) ?? [];
  const targets = await Promise.all(names.map((name) => orNothing(readlink(`${folder}/${name}`))));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1] ?? []);
}

/** proc_net_tcp: after the number of the slot come local address, remote address and state; the tenth column is the inode. */
async function readListeners(table: string): Promise<readonly { inode: string; port: number }[]> {
  const LISTEN = '0A';
  const lines = ((await orNothing(readFile(table, 'utf8'))) ?? '').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state !== LISTEN || local === undefined || inode === undefined) return [];
    return { inode, port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16) };
  });
}

/** Processes vanish while they are read, others belong to somebody else, and some systems have no `/proc`. */
async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
    return undefined;
  }
}
