import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { systemErrorCode } from '../../../src/domain/errors.ts';
import { jsonOrUndefined } from '../../../src/domain/json.ts';
import { PLACES } from '../places.ts';
import { InstanceFailure } from '../program-failure.ts';

/** Whoever asked may have stopped waiting, and asks again; a failure that nobody has asked for after this long is of an earlier time. */
const FAILURE_SECONDS = 60;

const failureShape = z.object({ release: z.number(), message: z.string() });

/**
 * Does the work unless another process is at it. How a work ended that nobody waited for is told to the next who asks.
 * @returns whether it is done; false while another process is at it
 * @throws {InstanceFailure} why it failed
 */
export async function onlyOne(release: number, work: () => Promise<void>): Promise<boolean> {
  if (!(await took())) return false;
  try {
    await requireNoFailure(release);
    await work();
    return true;
  } catch (error) {
    if (error instanceof InstanceFailure && !(error instanceof HeardFailure))
      await noteFailure(release, error.message);
    throw error;
  } finally {
    await rm(PLACES.replacing, { force: true });
  }
}

/** A process that has gone without saying so holds nothing. */
async function took(): Promise<boolean> {
  for (;;) {
    try {
      await writeFile(PLACES.replacing, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    const holder = await textOf(PLACES.replacing);
    if (holder !== undefined && (await isAtIt(holder))) return false;
    await rm(PLACES.replacing, { force: true });
  }
}

/** A number that another program has now is not it: the machine may have been started again. */
async function isAtIt(pid: string): Promise<boolean> {
  // Not written yet by whoever has just made the file.
  if (pid === '') return true;
  return ((await textOf(`/proc/${pid}/cmdline`)) ?? '').split('\0').includes('install');
}

/** @throws {InstanceFailure} it failed a moment ago, and this is the first to hear of it */
async function requireNoFailure(release: number): Promise<void> {
  const text = await textOf(PLACES.replacingFailure);
  if (text === undefined) return;
  const { mtimeMs } = await stat(PLACES.replacingFailure);
  await rm(PLACES.replacingFailure, { force: true });
  const failure = failureShape.safeParse(jsonOrUndefined(text));
  const isFresh = Date.now() - mtimeMs < FAILURE_SECONDS * 1000;
  if (failure.data?.release === release && isFresh) throw new HeardFailure(failure.data.message);
}

/** One that has been told. */
class HeardFailure extends InstanceFailure {}

async function noteFailure(release: number, message: string): Promise<void> {
  await writeFile(PLACES.replacingFailure, JSON.stringify({ release, message }));
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
