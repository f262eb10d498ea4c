import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';

/** The format is in the first lines. */
const HEAD_BYTES = 1024;

/** Releases by the format of the lock file they write, found by letting each write one; newer ones write later formats. */
const YARN_BY_FORMAT: ReadonlyMap<number, string> = new Map([
  [4, '>=2.4.0 <3.1.0'],
  [5, '~3.1.0'],
  [6, '>=3.2.0 <4.0.0'],
  [8, '>=4.0.0 <4.14.0'],
  [9, '~4.14.0'],
]);

/** The releases of Yarn that take the lock file of these folders as it is; version 1 without one. */
export async function yarnOfLock(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const head = await headOf(join(folder, 'yarn.lock'));
    if (head === undefined) continue;
    const format = /^__metadata:\r?\n\s+version: ['"]?(\d+)/m.exec(head)?.[1];
    return format === undefined ? '1' : (YARN_BY_FORMAT.get(Number(format)) ?? '4');
  }
  return '1';
}

async function headOf(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
