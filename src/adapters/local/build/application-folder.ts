import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { singleLine } from '../../../domain/plain-text.ts';

/**
 * The folder of the application in a checkout.
 * @throws {HiveMindError} BuildFailed: it is not there, or a link leads out of the checkout
 */
export async function applicationFolder(checkout: string, root: string): Promise<string> {
  const folder = await folderWithin(checkout, root);
  if (folder !== undefined) return folder;
  throw new HiveMindError('BuildFailed', `the repository has no folder "${root}"`, {
    hint: 'name a folder of the repository at this commit',
  });
}

/** @throws {HiveMindError} BuildOutputMissing: the build has not made the folder, or nothing in it */
export async function requireOutput(application: string, directory: string): Promise<void> {
  const folder = await folderWithin(application, directory);
  if (folder !== undefined && (await readdir(folder)).length > 0) return;
  const what = folder === undefined ? 'is not there' : 'is empty';
  throw new HiveMindError(
    'BuildOutputMissing',
    `the folder "${directory}" that is to be served ${what} after the build`,
    {
      hint: `let the build write to "${directory}", or name the folder it writes to; there is: ${await namesIn(application)}`,
    },
  );
}

async function namesIn(folder: string): Promise<string> {
  const MAX_NAMES = 30;
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .map((entry) => singleLine(entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  return names.slice(0, MAX_NAMES).join(', ') || 'nothing';
}

/** A folder inside of another, links followed; undefined when there is none. */
export async function folderWithin(parent: string, path: string): Promise<string | undefined> {
  try {
    const real = await realpath(join(parent, path));
    const isInside = `${real}${sep}`.startsWith(`${await realpath(parent)}${sep}`);
    return isInside && (await lstat(real)).isDirectory() ? join(parent, path) : undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP' && code !== 'EACCES') throw error;
    return undefined;
  }
}
