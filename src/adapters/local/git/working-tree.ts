import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { printable } from '../../../domain/deployment.ts';
import { systemErrorCode } from '../../../domain/errors.ts';
import { type SourceLimits, SourceSize } from '../../anywhere/source/source-size.ts';
import { git } from './git-process.ts';
import type { Shadow } from './shadow.ts';
import { RecordSplitter } from './tree-listing.ts';

export interface SnapshotRequest {
  /** Top of the working tree. */
  readonly folder: string;
  /** What to look at below it: empty for all, or a path with a slash at its end. */
  readonly prefix: string;
  readonly limits: SourceLimits;
  readonly signal: AbortSignal | undefined;
}

export interface Snapshot {
  /** Tree of the whole working tree. */
  readonly tree: string;
  readonly warnings: readonly string[];
}

/** How many files below the prefix differ from the last commit: new ones count, ignored ones do not. */
export async function countChanges(
  shadow: Shadow,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const options = ['--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=all', '--no-renames'];
  let changes = 0;
  const records = new RecordSplitter(() => {
    changes += 1;
  });
  await git({
    args: ['status', ...options, '--', pathspec(prefix)],
    environment: shadow.environment,
    directory: shadow.folder,
    onOutput: (chunk) => records.push(chunk),
    signal,
  });
  return changes;
}

/**
 * Stores the files as they are now, without those that are ignored. Links are stored as links and never followed.
 * @throws {HiveMindError} RepositoryTooLarge, SourceAccessDenied, DiskFull
 */
export async function snapshot(shadow: Shadow, of: SnapshotRequest): Promise<Snapshot> {
  const { folder, limits, signal } = of;
  const run = (args: readonly string[], input?: Buffer) =>
    git({ args, environment: shadow.environment, directory: shadow.folder, signal, ...(input && { input }) });
  const update = async (paths: readonly string[], ...how: string[]) => {
    if (paths.length === 0) return;
    await run(['update-index', '-z', ...how, '--stdin'], Buffer.from(`${paths.join('\0')}\0`, 'latin1'));
  };
  const changed = await changedPaths(shadow, of);
  // git lists a repository inside the folder as one path with a slash at its end, and none of its files.
  const nested = changed.filter((path) => path.endsWith('/'));
  const { files, replacedByFolders } = await inspect(folder, changed, limits);
  await update(replacedByFolders, '--force-remove');
  await update(files, '--add', '--remove', '--replace');
  return {
    tree: (await run(['write-tree'])).toString().trim(),
    warnings: nested.map(
      (path) =>
        `"${printable(Buffer.from(path, 'latin1').toString())}" is a repository of its own and is left out`,
    ),
  };
}

/** Paths as latin1 text, one character a byte: file names need not be UTF-8. */
async function changedPaths(shadow: Shadow, { prefix, limits, signal }: SnapshotRequest): Promise<string[]> {
  const options = ['-z', '--others', '--modified', '--deleted', '--exclude-standard', '--deduplicate'];
  const paths: string[] = [];
  const size = new SourceSize(limits);
  const records = new RecordSplitter((record) => {
    size.add(0);
    paths.push(record.toString('latin1'));
  });
  await git({
    args: ['ls-files', ...options, '--', pathspec(prefix)],
    environment: shadow.environment,
    directory: shadow.folder,
    onOutput: (chunk) => records.push(chunk),
    signal,
  });
  return paths;
}

const pathspec = (prefix: string): string => (prefix === '' ? '.' : prefix);

interface Inspected {
  /** Files and links, and what was there and is no more. */
  readonly files: readonly string[];
  readonly replacedByFolders: readonly string[];
}

/** Looks at everything before anything is stored: the files of a plain folder can be anything. */
async function inspect(folder: string, paths: readonly string[], limits: SourceLimits): Promise<Inspected> {
  const AT_ONCE = 64;
  const size = new SourceSize(limits);
  const files: string[] = [];
  const replacedByFolders: string[] = [];
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const some = paths.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map((path) => statOf(folder, path)));
    for (const [index, path] of some.entries()) {
      const stats = found[index];
      size.add(stats?.size ?? 0);
      if (!stats?.isDirectory()) files.push(path);
      // A submodule is a folder too, and stays what the last commit says.
      else if ((await statOf(folder, `${path}/.git`)) === undefined) replacedByFolders.push(path);
    }
  }
  return { files, replacedByFolders };
}

async function statOf(folder: string, path: string): Promise<Stats | undefined> {
  try {
    return await lstat(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') throw error;
    return undefined;
  }
}
