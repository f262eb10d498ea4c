import type { ResolvedSource, Source } from '../../../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { parseSource, sourceLabel } from '../../../domain/source.ts';
import { collected, compressed } from '../../anywhere/archive/gzip.ts';
import {
  type EntryWithContents,
  fileEntry,
  folderEntry,
  linkEntry,
  tarOf,
} from '../../anywhere/archive/tar-writer.ts';
import { whatIsLeftOut } from '../../anywhere/source/left-out.ts';
import { emptyRepository } from '../../anywhere/source/nothing-to-fetch.ts';
import { type SourceLimits, SourceSize } from '../../anywhere/source/source-size.ts';
import { type FetchedCommit, type WantedCommit, withFetchedCommit } from './git-fetch.ts';
import { type GitCredentials, GitHttp } from './git-http.ts';
import type { GitTree, GitTreeEntry } from './git-tree.ts';
import { remoteCommit } from './remote-refs.ts';
import { assertSafeTree } from './safe-tree.ts';
import {
  addUser,
  archiveKey,
  findCommit,
  isStored,
  rememberCommit,
  repositoryKey,
  type SourceBucket,
  storeArchive,
} from './stored-source.ts';

export interface ResolveOptions extends SourceBucket {
  /** What a host is told that asks who we are; undefined when nothing is stored for it. */
  readonly credentialsFor: (host: string) => Promise<GitCredentials | undefined>;
  /** Of the files. The pack may have a third of the bytes. @default 768 MiB and 200,000 files */
  readonly limits?: SourceLimits;
  /** @default 240 */
  readonly deadlineSeconds?: number;
  /** For servers of tests. @default false */
  readonly allowLoopback?: boolean;
}

/** A function holds a pack and a compressed archive in memory: far above any application, and below what it has. */
const DEFAULT_LIMITS: SourceLimits = { bytes: 768 * 1024 ** 2, files: 200_000 };

/**
 * Fetches a git repository over HTTPS, fixes the commit and stores its files.
 * @throws {HiveMindError} UnsupportedSource: a folder, ssh or a file; UnsafeSource, SourceNotFound, NotARepository,
 *   EmptyRepository, RefNotFound, SourceAccessDenied, SourceUnreachable, RepositoryTooLarge, UnsafeRepository, Cancelled
 */
export async function resolveSource(
  options: ResolveOptions,
  source: Source,
  signal?: AbortSignal,
): Promise<ResolvedSource> {
  const { url, ref } = fetchable(source);
  const { limits = DEFAULT_LIMITS, deadlineSeconds = 240, allowLoopback = false, credentialsFor } = options;
  const deadline = AbortSignal.timeout(deadlineSeconds * 1_000);
  const ending = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const maxBytes = Math.ceil(limits.bytes / 3);
  const http = new GitHttp({ allowLoopback, credentialsFor, maxBytes, signal: ending });
  try {
    ending.throwIfAborted();
    const commit = await remoteCommit(http, url, ref);
    const resolved = await storedCommit(options, { source, url, commit, limits }, http, ending);
    await addUser(options, source);
    return resolved;
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    if (deadline.aborted) throw tooSlow(source, deadlineSeconds);
    throw asHiveMindError(error);
  }
}

/** A commit never changes: one that is stored is not fetched again. */
async function storedCommit(
  store: SourceBucket,
  { source, ...wanted }: WantedCommit & { readonly source: Source },
  http: GitHttp,
  signal: AbortSignal,
): Promise<ResolvedSource> {
  const repository = repositoryKey(source);
  const known = await findCommit(store, repository, wanted.commit);
  if (known) return known;
  return withFetchedCommit(http, wanted, async (fetched) => {
    const listing = await fetched.files.list(fetched.tree, wanted.limits);
    if (listing.length === 0) throw emptyRepository('the source has no files');
    await assertSafeTree(fetched.files, listing);
    const resolved = await described(repository, fetched, listing);
    if (!(await isStored(store, archiveKey(resolved)))) {
      const archive = compressed(tarOf(archiveEntries(fetched.files, listing, wanted.limits, signal)));
      await storeArchive(store, resolved, await collected(archive));
    }
    await rememberCommit(store, resolved);
    return resolved;
  });
}

async function described(
  repository: string,
  { commit, tree, subject, files }: FetchedCommit,
  listing: readonly GitTreeEntry[],
): Promise<ResolvedSource> {
  const withSizes = listing.some(({ path }) => path.endsWith('.gitattributes'))
    ? await Promise.all(listing.map((entry) => sized(files, entry)))
    : listing.map((entry) => ({ ...entry, bytes: 0 }));
  const warnings = await whatIsLeftOut(withSizes, async ({ objectId }, maxBytes) =>
    (await files.read(objectId)).toString('utf8', 0, maxBytes),
  );
  return { repository, commit, tree, subject, warnings };
}

async function sized(
  files: GitTree,
  entry: GitTreeEntry,
): Promise<GitTreeEntry & { readonly bytes: number }> {
  const isFile = entry.kind === 'file' || entry.kind === 'executable';
  return { ...entry, bytes: isFile ? (await files.read(entry.objectId)).length : 0 };
}

/** A folder in the archive is a submodule: git knows no empty folders, and a checkout has one in its place. */
async function* archiveEntries(
  files: GitTree,
  listing: readonly GitTreeEntry[],
  limits: SourceLimits,
  signal: AbortSignal,
): AsyncGenerator<EntryWithContents> {
  const size = new SourceSize(limits);
  for (const { path, kind, objectId } of listing) {
    signal.throwIfAborted();
    if (kind === 'submodule') {
      yield folderEntry(path);
      continue;
    }
    const contents = await files.read(objectId);
    size.add(contents.length);
    yield kind === 'symlink'
      ? linkEntry(path, contents.toString())
      : fileEntry(path, contents, kind === 'executable');
  }
}

/** What reaches the network has passed the grammar here: sources also come from stored records and from events. */
function fetchable(source: Source): { readonly url: string; readonly ref: string | undefined } {
  if (source.kind === 'folder') throw unsupported(source, 'a folder of a machine');
  const text = source.ref === undefined ? source.url : `${source.url}#${source.ref}`;
  const checked = parseSource(text, { workingTree: false });
  if (checked.kind === 'folder') throw unsupported(source, 'a folder of a machine');
  if (!/^https?:/.test(checked.url)) {
    throw unsupported(source, checked.url.startsWith('file:') ? 'a folder of a machine' : 'reached by ssh');
  }
  return { url: checked.url, ref: checked.ref };
}

const unsupported = (source: Source, what: string): HiveMindError =>
  new HiveMindError(
    'UnsupportedSource',
    `"${sourceLabel(source)}" is ${what}, which AWS does not fetch from`,
    {
      hint: 'use the https:// address, or deploy from a local clone with the command line, which uploads it',
    },
  );

const cancelled = (): HiveMindError =>
  new HiveMindError('Cancelled', 'the work was cancelled', { hint: 'deploy again to fetch the source' });

const tooSlow = (source: Source, seconds: number): HiveMindError =>
  new HiveMindError(
    'SourceUnreachable',
    `"${sourceLabel(source)}" could not be fetched within ${seconds} s`,
    {
      hint: 'run the command again; a repository that is too large for this is deployed from a local clone',
    },
  );
