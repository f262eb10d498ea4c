import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { processIds } from '../process-inspection.ts';

const FAST_SHUTDOWN_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 20;

/**
 * Ends whatever an earlier server, ours or one that was killed, left running in the folder of a cluster: the postmaster in an
 * orderly way, then everything else. Afterwards nothing uses the folder.
 * @throws {HiveMindError} DatabaseUnavailable: a process survives
 */
export async function endRemains(folder: string): Promise<void> {
  const running = await processesIn(folder);
  if (running.length > 0) await endProcesses(folder, running);
  // Left by a postmaster that was killed. With nothing running it is void, yet a reused process id would keep PostgreSQL away.
  await rm(join(folder, 'data', 'postmaster.pid'), { force: true });
}

async function endProcesses(folder: string, running: readonly number[]): Promise<void> {
  const postmaster = await recordedPostmaster(folder);
  if (postmaster !== undefined && running.includes(postmaster)) {
    send(postmaster, 'SIGINT');
    if (await becomesEmpty(folder, FAST_SHUTDOWN_MILLISECONDS)) return;
  }
  for (const pid of await processesIn(folder)) send(pid, 'SIGKILL');
  if (await becomesEmpty(folder, FAST_SHUTDOWN_MILLISECONDS)) return;
  throw new HiveMindError(
    'DatabaseUnavailable',
    `processes of an earlier PostgreSQL in ${folder} cannot be ended`,
    {
      hint: 'end them by hand, or restart the machine, and run the command again',
    },
  );
}

async function becomesEmpty(folder: string, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await sleep(POLL_MILLISECONDS)) {
    if ((await processesIn(folder)).length === 0) return true;
  }
  return false;
}

/** The first line of `postmaster.pid`. */
async function recordedPostmaster(folder: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

/**
 * The processes at work in a folder. `initdb` starts there, and every PostgreSQL process has its data folder as working
 * directory. A backend is in a session of its own, so the process group of the postmaster does not find it.
 */
export async function processesIn(clusterFolder: string): Promise<readonly number[]> {
  const folder = await realPath(clusterFolder);
  if (folder === undefined) return [];
  if (process.platform !== 'linux') return processesNaming(folder);
  const found = await Promise.all(
    (await processIds()).map(async (pid) => {
      const directory = await workingDirectory(pid);
      return directory === folder || directory?.startsWith(folder + sep) ? [pid] : [];
    }),
  );
  return found.flat();
}

async function realPath(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

async function workingDirectory(pid: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch (error) {
    // Gone, or of another user.
    if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
    return undefined;
  }
}

/** Without `/proc`: the processes with the data folder among their arguments, which are `initdb` and the postmaster. */
async function processesNaming(folder: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axww', '-o', 'pid=,command=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(join(folder, 'data')))
    .map((line) => Number.parseInt(line, 10));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
