import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Source } from '../../domain/deployment.ts';
import { digestOf } from '../../domain/digest.ts';
import { asHiveMindError } from '../../domain/errors.ts';
import { parseSource } from '../../domain/source.ts';
import type { ResolvedSource, SourceRepository, SourceTree } from '../../ports/source-repository.ts';
import { emptyRepository } from '../anywhere/source/nothing-to-fetch.ts';
import type { SourceLimits } from '../anywhere/source/source-size.ts';
import { writeTree } from './git/checkout.ts';
import type { GitEnvironment } from './git/environment.ts';
import type { Origin } from './git/fixed-source.ts';
import { isDamage, throwIfAborted } from './git/git-process.ts';
import { realPathIfThere } from './git/local-repository.ts';
import { fileOrigin, folderOrigin } from './git/local-source.ts';
import {
  addUser,
  ensureMirror,
  isKept,
  keep,
  type Mirror,
  mirrorOf,
  prune,
  removeMirror,
  removeUser,
  storedMirror,
} from './git/mirror.ts';
import { remoteOrigin } from './git/remote-source.ts';
import { assertSafeTree, leftOutOf, storedTree } from './git/stored-tree.ts';
import { DEFAULT_LIMITS, type ListedEntry, listTree } from './git/tree-listing.ts';
import type { Home } from './home.ts';

export interface LocalSourceRepositoryOptions {
  readonly home: Home;
  /** @default 2 GiB and 200,000 files */
  readonly limits?: SourceLimits;
}

/** Fetches with the git of this machine into bare mirrors in the home; nothing that a repository contains is run. */
export function localSourceRepository(options: LocalSourceRepositoryOptions): SourceRepository {
  const { home, limits = DEFAULT_LIMITS } = options;
  const tools = { home, limits, list: rememberingListings(limits), exclusively: oneAtATime() };
  return {
    resolve: async (source, signal) => ourErrors(resolve(tools, checked(source), signal)),
    open: (source) => ourErrors(open(tools, source)),
    checkout: (source, directory, signal) => ourErrors(checkout(tools, source, directory, signal)),
    forget: async (source) => ourErrors(forget(tools, checked(source))),
  };
}

interface Tools {
  readonly home: Home;
  readonly limits: SourceLimits;
  readonly list: ListTree;
  /** Lets one work at a time change a mirror. */
  readonly exclusively: <T>(mirror: Mirror, work: () => Promise<T>) => Promise<T>;
}

async function resolve(
  tools: Tools,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<ResolvedSource> {
  const { mirror, fix } = await originOf(tools, source, signal);
  return tools.exclusively(mirror, async () => {
    throwIfAborted(signal);
    const resolved = await inMirror(mirror, () => store(tools, { mirror, fix }, signal));
    await addUser(mirror, digestOf(source));
    return resolved;
  });
}

async function open(tools: Tools, source: ResolvedSource): Promise<SourceTree> {
  const { mirror, listing } = await safeTree(tools, source);
  return storedTree(mirror, listing);
}

async function checkout(
  tools: Tools,
  source: ResolvedSource,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { mirror, listing } = await safeTree(tools, source);
  await mkdir(dirname(directory), { recursive: true });
  await tools.exclusively(mirror, () => writeTree(mirror, { tree: source.tree, listing, directory }, signal));
}

async function forget({ home, exclusively }: Tools, source: Source): Promise<void> {
  const location = await locationOf(source);
  for (const format of ['sha1', 'sha256'] as const) {
    const mirror = mirrorOf(home, location, format);
    await exclusively(mirror, async () => {
      if ((await removeUser(mirror, digestOf(source))) === 0) await removeMirror(mirror);
    });
  }
}

/** Sources also come from stored records and from requests: what reaches git has passed the grammar here. */
const checked = (source: Source): Source =>
  source.kind === 'folder'
    ? parseSource(source.path, { workingTree: source.workingTree })
    : parseSource(source.ref === undefined ? source.url : `${source.url}#${source.ref}`, {
        workingTree: false,
      });

async function originOf(
  { home, limits }: Tools,
  source: Source,
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
  { list }: Tools,
  { mirror, fix }: Origin,
  signal: AbortSignal | undefined,
): Promise<ResolvedSource> {
  const { commit, tree, warnings, environment } = await fix();
  // A stored tree is listed where it is stored, which shows whether it is still whole.
  const where = (await isKept(mirror, tree)) ? mirror.environment : environment;
  const listing = await list(mirror, tree, where, signal);
  if (listing.length === 0) throw emptyRepository('the source has no files');
  await keep(mirror, tree, environment, signal);
  await prune(mirror, signal);
  return {
    repository: mirror.key,
    commit: commit.id,
    tree,
    subject: commit.subject,
    warnings: [...warnings, ...(await leftOutOf(mirror, listing))],
  };
}

interface StoredListing {
  readonly mirror: Mirror;
  readonly listing: readonly ListedEntry[];
}

async function safeTree({ home, list }: Tools, source: ResolvedSource): Promise<StoredListing> {
  const mirror = await storedMirror(home, source.repository, source.tree);
  const listing = await list(mirror, source.tree, mirror.environment, undefined);
  await assertSafeTree(mirror, listing);
  return { mirror, listing };
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

function oneAtATime(): Tools['exclusively'] {
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
