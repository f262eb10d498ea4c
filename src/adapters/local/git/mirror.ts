import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HiveMindError } from '../../../domain/errors.ts';
import { pathExists } from '../../anywhere/path-exists.ts';
import type { Home } from '../home.ts';
import { type GitEnvironment, localGitEnvironment } from './environment.ts';
import { git } from './git-process.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** A bare repository of ours that holds the trees that were deployed from one place. */
export interface Mirror {
  readonly key: string;
  readonly folder: string;
  readonly objects: string;
  readonly environment: GitEnvironment;
}

/** What a fetch brought last; the next one needs to bring only what differs. */
export const TIP = 'refs/hivemind/tip';
const KEPT = 'refs/hivemind/kept';

/** The mirror of a location, such as `/path` or `https://host/path`; it may not exist yet. */
export const mirrorOf = (home: Home, location: string, format: ObjectFormat = 'sha1'): Mirror =>
  mirrorAt(
    home,
    `${createHash('sha256').update(location).digest('hex')}${format === 'sha256' ? '-sha256' : ''}`,
  );

/** The mirror that an earlier resolve stored a tree in. @throws {HiveMindError} SourceNotFound: one of them was removed */
export async function storedMirror(home: Home, key: string, tree: string): Promise<Mirror> {
  const wellFormed = /^[0-9a-f]{64}(?:-sha256)?$/.test(key) && isObjectId(tree);
  const mirror = wellFormed ? mirrorAt(home, key) : undefined;
  if (mirror && (await isKept(mirror, tree))) return mirror;
  throw new HiveMindError('SourceNotFound', 'the stored copy of the source is gone', {
    hint: 'deploy the source again: it is then fetched anew',
  });
}

export const isObjectId = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/**
 * Creates the mirror unless it is there, and clears what a killed git left in it. Writing these few files by hand is what
 * `git init` does, without its process. @returns whether it was there
 */
export async function ensureMirror(mirror: Mirror): Promise<boolean> {
  if (await isMirror(mirror)) {
    await clearLeftovers(mirror);
    return true;
  }
  await mkdir(join(mirror.objects, 'pack'), { recursive: true, mode: 0o700 });
  await mkdir(join(mirror.folder, KEPT), { recursive: true });
  await mkdir(users(mirror), { recursive: true });
  await writeFile(join(mirror.folder, 'config'), configuration(mirror.key.endsWith('-sha256')));
  await writeFile(join(mirror.folder, 'HEAD'), 'ref: refs/heads/none\n');
  return false;
}

/** The configuration of a bare repository, as `git init` writes it. */
export const configuration = (sha256: boolean): string =>
  sha256
    ? '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n'
    : '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';

/** Whether the tree with all its files was stored before. */
export const isKept = (mirror: Mirror, tree: string): Promise<boolean> =>
  pathExists(join(mirror.folder, KEPT, tree));

/**
 * Stores a tree with all its files, unless it was stored before, and protects it from `prune`.
 * @param environment reaches the files
 */
export async function keep(
  mirror: Mirror,
  tree: string,
  environment: GitEnvironment,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (environment !== mirror.environment && !(await isKept(mirror, tree))) {
    const options = ['--quiet', '--revs', '--window=0', '--compression=1'];
    await git({
      args: ['pack-objects', ...options, join(mirror.objects, 'pack', 'pack')],
      environment,
      directory: mirror.folder,
      input: Buffer.from(`${tree}\n`),
      signal,
    });
  }
  await writeFile(join(mirror.folder, KEPT, tree), `${tree}\n`);
}

const users = (mirror: Mirror): string => join(mirror.folder, 'users');

/** Remembers that a source uses the mirror: those of one location that differ in their ref share it. */
export async function addUser(mirror: Mirror, user: string): Promise<void> {
  await writeFile(join(users(mirror), user), '');
}

/** @returns how many users are left */
export async function removeUser(mirror: Mirror, user: string): Promise<number> {
  if (!(await pathExists(users(mirror)))) return 0;
  await rm(join(users(mirror), user), { force: true });
  return (await readdir(users(mirror))).length;
}

export const removeMirror = (mirror: Mirror): Promise<void> =>
  rm(mirror.folder, { recursive: true, force: true });

/** A mirror holds at most twice as many trees; the number covers every release that may be built again. */
const TREES_KEPT = 32;

/** Forgets all but the newest trees when there are too many; does nothing otherwise, because it takes a while. */
export async function prune(mirror: Mirror, signal: AbortSignal | undefined): Promise<void> {
  const folder = join(mirror.folder, KEPT);
  const trees = await readdir(folder);
  if (trees.length <= 2 * TREES_KEPT) return;
  const dated = await Promise.all(
    trees.map(async (tree) => ({ tree, time: (await stat(join(folder, tree))).mtimeMs })),
  );
  dated.sort((a, b) => b.time - a.time);
  for (const { tree } of dated.slice(TREES_KEPT)) await rm(join(folder, tree));
  // Refs stay loose files, which is how they are written and looked up here.
  await git({
    args: ['-c', 'gc.packRefs=false', '-c', 'pack.window=0', 'gc', '--quiet', '--prune=now'],
    environment: mirror.environment,
    directory: mirror.folder,
    signal,
  });
}

const mirrorAt = (home: Home, key: string): Mirror => {
  const folder = home.folder('repositories', key);
  return {
    key,
    folder,
    objects: join(folder, 'objects'),
    environment: localGitEnvironment(home, { GIT_DIR: folder }),
  };
};

/** HEAD is written last, so a mirror that has it is complete. */
const isMirror = (mirror: Mirror): Promise<boolean> => pathExists(join(mirror.folder, 'HEAD'));

/** Only one process works on a home, and on a mirror one work at a time: every lock that is found is a stale one. */
async function clearLeftovers(mirror: Mirror): Promise<void> {
  const packs = join(mirror.objects, 'pack');
  const stale = [
    ...(await readdir(mirror.folder))
      .filter((name) => /\.lock$|^temporary-/.test(name))
      .map((name) => join(mirror.folder, name)),
    ...(await readdir(packs)).filter((name) => name.startsWith('tmp_')).map((name) => join(packs, name)),
    join(mirror.folder, `${TIP}.lock`),
  ];
  await Promise.all(stale.map((path) => rm(path, { recursive: true, force: true })));
}
