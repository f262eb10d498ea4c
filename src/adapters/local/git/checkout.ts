import { lstat, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import { assertNoCaseCollisions, caseCollision } from '../../anywhere/source/tree-safety.ts';
import { git } from './git-process.ts';
import type { Mirror } from './mirror.ts';
import type { ListedEntry } from './tree-listing.ts';

/**
 * Writes the files of a tree that was found safe into a new folder. No filter and no hook runs: the mirror's configuration
 * has none. Whatever fails leaves nothing behind.
 * @throws {HiveMindError} UnsafeRepository, DiskFull, Cancelled
 */
export async function writeTree(
  mirror: Mirror,
  request: { readonly tree: string; readonly listing: readonly ListedEntry[]; readonly directory: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { tree, listing, directory } = request;
  await mkdir(directory);
  try {
    if (caseCollision(listing) && (await ignoresCase(directory))) assertNoCaseCollisions(listing);
    await readTree(mirror, tree, directory, signal);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function readTree(
  mirror: Mirror,
  tree: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = await mkdtemp(join(mirror.folder, 'temporary-'));
  try {
    await git({
      args: ['read-tree', '--reset', '-u', tree],
      environment: {
        ...mirror.environment,
        GIT_WORK_TREE: directory,
        GIT_INDEX_FILE: join(temporary, 'index'),
      },
      directory: mirror.folder,
      signal,
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function ignoresCase(directory: string): Promise<boolean> {
  const probe = join(directory, 'a');
  await mkdir(probe);
  try {
    await lstat(join(directory, 'A'));
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return false;
  } finally {
    await rmdir(probe);
  }
}
