import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Source } from '../../domain/deployment.ts';
import { digestOf } from '../../domain/digest.ts';
import { asHiveMindError } from '../../domain/errors.ts';
import { parseSource } from '../../domain/source.ts';
import type { ResolvedSource, SourceRepository } from '../../ports/source-repository.ts';
import { writeTree } from './git/checkout.ts';
import type { GitEnvironment } from './git/environment.ts';
import { emptyRepository, type Origin } from './git/fixed-source.ts';
import { isDamage, throwIfAborted } from './git/git-process.ts';
import { realPathIfThere } from './git/local-repository.ts';
import { fileOrigin, folderOrigin } from './git/local-source.ts';
import {
  addUser,
  ensureMirror,
  keep,
  type Mirror,
  mirrorOf,
  prune,
  removeMirror,
  removeUser,
  storedMirror,
} from './git/mirror.ts';
import { remoteOrigin } from './git/remote-source.ts';
import { assertSafeTree, storedTree, whatIsLeftOut } from './git/stored-tree.ts';
import { DEFAULT_LIMITS, type ListedEntry, listTree, type SourceLimits } from './git/tree-listing.ts';
import type { Home } from './home.ts';

export interface LocalSourceRepositoryOptions {
  readonly home: Home;
  /** @default 2 GiB and 200,000 files */
  readonly limits?: SourceLimits;
}

/** Fetches with the git of this machine into bare mirrors in the home; nothing that a repository contains is run. */
export function localSourceRepository(options: LocalSourceRepositoryOptions): SourceRepository {
  const { home, limits = DEFAULT_LIMITS } = options;
  const exclusively = oneAtATime();
  const list = rememberingListings(limits);

  const resolve = async (named: Source, signal: AbortSignal | undefined): Promise<ResolvedSource> => {
    const source = checked(named);
    const origin = await originOf(home, source, limits, signal);
    return exclusively(origin.mirror, async () => {
      throwIfAborted(signal);
      const resolved = await inMirror(origin.mirror, () => store(origin, list, signal));
      await addUser(origin.mirror, digestOf(source));
      return resolved;
    });
  };
  const safeTree = async (source: ResolvedSource): Promise<StoredListing> => {
    const mirror = await storedMirror(home, source.repository, source.tree);
    const listing = await list(mirror, source.tree, mirror.environment, undefined);
    await assertSafeTree(mirror, listing);
    return { mirror, listing };
  };
  const checkout = async (source: ResolvedSource, directory: string, signal: AbortSignal | undefined) => {
    const { mirror, listing } = await safeTree(source);
    await mkdir(dirname(directory), { recursive: true });
    await exclusively(mirror, () => writeTree(mirror, { tree: source.tree, listing, directory }, signal));
  };
  const forget = async (named: Source): Promise<void> => {
    const source = checked(named);
    const location = await locationOf(source);
    for (const format of ['sha1', 'sha256'] as const) {
      const mirror = mirrorOf(home, location, format);
      await exclusively(mirror, async () => {
        if ((await removeUser(mirror, digestOf(source))) === 0) await removeMirror(mirror);
      });
    }
  };

  return {
    resolve: (source, signal) => ourErrors(resolve(source, signal)),
    open: (source) => ourErrors(safeTree(source).then(({ mirror, listing }) => storedTree(mirror, listing))),
    checkout: (source, directory, signal) => ourErrors(checkout(source, directory, signal)),
    forget: (source) => ourErrors(forget(source)),
  };
}

interface StoredListing {
  readonly mirror: Mirror;
  readonly listing: readonly ListedEntry[];
}

/** Sources also come from stored records and from requests: what reaches git has passed the grammar here. */
const checked = (source: Source): Source =>
  source.kind === 'folder'
    ? parseSource(source.path, { workingTree: source.workingTree })
    : parseSource(source.ref === undefined ? source.url : `${source.url}#${source.ref}`, {
        workingTree: false,
      });

async function originOf(
  home: Home,
  source: Source,
  limits: SourceLimits,
  signal: AbortSignal | undefined,
): Promise<Origin> {
  if (source.kind === 'folder') {
    return folderOrigin(home, source.path, { workingTree: source.workingTree, limits }, signal);
  }
  if (!source.url.startsWith('file:')) return remoteOrigin(home, source, limits, signal);
  return fileOrigin(home, fileURLToPath(source.url), source.ref, signal);
}

/** What the mirror of a source is named by. */
async function locationOf(source: Source): Promise<string> {
  if (source.kind === 'folder') return realPathIfThere(source.path);
  return source.url.startsWith('file:') ? realPathIfThere(fileURLToPath(source.url)) : source.url;
}

/** Works in a mirror that exists. One that is damaged is made anew, and one that brought nothing is not left behind. */
async function inMirror<T>(mirror: Mirror, work: () => Promise<T>): Promise<T> {
  const existed = await ensureMirror(mirror);
  try {
    return await work();
  } catch (error) {
    if (existed && !isDamage(error)) throw error;
    await removeMirror(mirror);
    if (!existed) throw error;
    return inMirror(mirror, work);
  }
}

async function store(
  origin: Origin,
  list: ListTree,
  signal: AbortSignal | undefined,
): Promise<ResolvedSource> {
  const { mirror } = origin;
  const { commit, tree, warnings, environment } = await origin.fix();
  const listing = await list(mirror, tree, environment, signal);
  if (listing.length === 0) throw emptyRepository('the source has no files');
  await keep(mirror, tree, environment, signal);
  await prune(mirror, signal);
  return {
    repository: mirror.key,
    commit: commit.id,
    tree,
    subject: commit.subject,
    warnings: [...warnings, ...(await whatIsLeftOut(mirror, listing))],
  };
}

type ListTree = (
  mirror: Mirror,
  tree: string,
  environment: GitEnvironment,
  signal: AbortSignal | undefined,
) => Promise<readonly ListedEntry[]>;

/** A source is mostly opened and checked out right after it was resolved, so the last listing is remembered. */
function rememberingListings(limits: SourceLimits): ListTree {
  const MAX_REMEMBERED = 20_000;
  let last: { readonly key: string; readonly listing: readonly ListedEntry[] } | undefined;
  return async (mirror, tree, environment, signal) => {
    const key = `${mirror.key} ${tree}`;
    if (last?.key === key) return last.listing;
    const listing = await listTree({ folder: mirror.folder, environment }, tree, limits, signal);
    if (listing.length <= MAX_REMEMBERED) last = { key, listing };
    return listing;
  };
}

/** Lets one work at a time change a mirror. */
function oneAtATime(): <T>(mirror: Mirror, work: () => Promise<T>) => Promise<T> {
  const queues = new Map<string, LimitFunction>();
  return (mirror, work) => {
    const queue = queues.get(mirror.key) ?? pLimit(1);
    queues.set(mirror.key, queue);
    return queue(work);
  };
}

async function ourErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asHiveMindError(error);
  }
}
