import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../domain/errors.ts';

/** Files that are still being written; a killed process may leave some behind. */
export const isUnfinished = (fileName: string): boolean => fileName.startsWith('.unfinished-');

/** Replaces a file, readable by its owner only: a reader sees the old text or the new one, never half of it. */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  await withUnfinished(file, text, (unfinished) => rename(unfinished, file));
}

/** Creates a file, readable by its owner only, and keeps the one that is there. */
export async function createFileAtomically(file: string, text: string): Promise<void> {
  await withUnfinished(file, text, async (unfinished) => {
    try {
      await link(unfinished, file);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    await rm(unfinished, { force: true });
  });
}

async function withUnfinished(
  file: string,
  text: string,
  finish: (unfinished: string) => Promise<void>,
): Promise<void> {
  const unfinished = join(dirname(file), `.unfinished-${randomUUID()}`);
  try {
    await writeDurably(unfinished, text);
    await finish(unfinished);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
