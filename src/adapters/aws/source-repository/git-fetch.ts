import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexPack, init, readCommit } from 'isomorphic-git';
import { printable } from '../../../domain/deployment.ts';
import { refNotFound } from '../../anywhere/source/nothing-to-fetch.ts';
import type { SourceLimits } from '../../anywhere/source/source-size.ts';
import { fetchFailure } from './fetch-failure.ts';
import type { GitHttp } from './git-http.ts';
import { GitTree } from './git-tree.ts';
import { assertPackSize } from './pack-size.ts';
import { remoteNames } from './remote-refs.ts';
import { fetchPack, RefusedByServer } from './upload-pack.ts';

export interface WantedCommit {
  readonly url: string;
  readonly commit: string;
  readonly limits: SourceLimits;
}

export interface FetchedCommit {
  readonly commit: string;
  readonly tree: string;
  /** First line of the commit message. */
  readonly subject: string;
  readonly files: GitTree;
}

/**
 * Fetches one commit without its history into a temporary folder, lends it, and removes the folder. Nothing is checked out, and
 * no ref is written down: a server may call them what it likes.
 */
export async function withFetchedCommit<T>(
  http: GitHttp,
  { url, commit, limits }: WantedCommit,
  use: (fetched: FetchedCommit) => Promise<T>,
): Promise<T> {
  const gitdir = await mkdtemp(join(tmpdir(), 'hivemind-source-'));
  // Keeps the pack and its index in memory for as long as the objects are read.
  const store = { fs, gitdir, cache: {} };
  try {
    const pack = await packOf(http, url, commit);
    assertPackSize(pack, limits);
    await storePack(store, pack);
    const found = await readCommit({ ...store, oid: commit });
    const { tree, message } = found.commit;
    return await use({ commit: found.oid, tree, subject: subjectOf(message), files: new GitTree(store) });
  } catch (error) {
    throw fetchFailure(http, url, error);
  } finally {
    await rm(gitdir, { recursive: true, force: true });
  }
}

async function packOf(http: GitHttp, url: string, commit: string): Promise<Buffer> {
  try {
    return await fetchPack(http, url, commit);
  } catch (error) {
    if (!(error instanceof RefusedByServer)) throw error;
    throw refNotFound(commit, await remoteNames(http, url));
  }
}

/** The ids of the objects are computed from their contents here: what a server calls them does not count. */
async function storePack(
  store: { readonly gitdir: string; readonly cache: object },
  pack: Buffer,
): Promise<void> {
  const { gitdir, cache } = store;
  const filepath = `objects/pack/pack-${createHash('sha1').update(pack).digest('hex')}.pack`;
  await init({ fs, dir: gitdir, gitdir, bare: true });
  await mkdir(join(gitdir, 'objects/pack'), { recursive: true });
  await writeFile(join(gitdir, filepath), pack);
  await indexPack({ fs, dir: gitdir, gitdir, cache, filepath });
}

function subjectOf(message: string): string {
  const MAX_SUBJECT_CHARACTERS = 200;
  return printable((message.trimStart().split('\n', 1)[0] ?? '').slice(0, MAX_SUBJECT_CHARACTERS));
}
