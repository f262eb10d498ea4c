import { open } from 'node:fs/promises';
import { systemErrorCode } from '../../src/domain/errors.ts';
import type { Redact } from './redaction.ts';

/** More than any tail that is asked for. */
const MAX_BYTES = 256 * 1024;
const MAX_LINE_CHARACTERS = 2000;
/** Leaves room for the rest of an answer. */
const MAX_TAIL_CHARACTERS = 20_000;

/** Written into a process's log when it is told to start: what came before belongs to an earlier life. */
export const startMark = (process: string): string => `[hivemind] starting the process "${process}"`;

/** The last lines of a log, oldest first; empty when there is none. `from`: where to begin at the earliest, in bytes. */
export async function tailOf(
  file: string,
  lines: number,
  redact: Redact,
  { from = 0, mark }: { readonly from?: number; readonly mark?: string } = {},
): Promise<readonly string[]> {
  // Secrets are looked for in whole lines and in values of several lines: before anything is cut.
  const all = redact(await readEnd(file, from)).split('\n');
  const begin = mark === undefined ? 0 : all.lastIndexOf(mark) + 1;
  const written = all.slice(begin).filter((line, index, { length }) => line !== '' || index < length - 1);
  return fitting(written.slice(-lines).map((line) => line.slice(0, MAX_LINE_CHARACTERS)));
}

/** As many of the last lines as an answer has room for. */
function fitting(lines: readonly string[]): readonly string[] {
  let room = MAX_TAIL_CHARACTERS;
  const first = lines.findLastIndex((line) => {
    room -= JSON.stringify(line).length + 1;
    return room < 0;
  });
  return lines.slice(first + 1);
}

async function readEnd(path: string, from: number): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    // A log that was rotated meanwhile is shorter than it was.
    const begin = Math.max(from > size ? 0 : from, size - MAX_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - begin), 0, size - begin, begin);
    return buffer.subarray(0, bytesRead).toString();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return '';
  }
}
