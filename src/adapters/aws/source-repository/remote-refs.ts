import { listServerRefs, type ServerRef } from 'isomorphic-git';
import { HiveMindError } from '../../../domain/errors.ts';
import { emptyRepository, refNotFound } from '../../anywhere/source/nothing-to-fetch.ts';
import { fetchFailure } from './fetch-failure.ts';
import type { GitHttp } from './git-http.ts';

const COMMIT_ID = /^[0-9a-f]{40}$/;

/**
 * The commit that a name stands for on the server: a branch, a tag, a full commit id, or its HEAD without a name.
 * @throws {HiveMindError} EmptyRepository, RefNotFound, and what `fetchFailure` says
 */
export async function remoteCommit(http: GitHttp, url: string, ref: string | undefined): Promise<string> {
  const refs = await listed(http, url);
  const byName = new Map(refs.map((found) => [found.ref, found.peeled ?? found.oid]));
  const candidates = ref === undefined ? ['HEAD'] : namesOf(ref);
  const commit = candidates.map((name) => byName.get(name)).find((found) => found !== undefined);
  if (commit !== undefined) return commit;
  if (ref !== undefined && COMMIT_ID.test(ref)) return ref;
  if (refs.length === 0) throw emptyRepository(`the repository ${url} has no commit yet`);
  throw refNotFound(ref ?? 'HEAD', knownNames(refs));
}

/** Names of branches and tags, for the operator to choose from. */
export async function remoteNames(http: GitHttp, url: string): Promise<readonly string[]> {
  return knownNames(await listed(http, url));
}

async function listed(http: GitHttp, url: string): Promise<readonly ServerRef[]> {
  const refs = await listServerRefs({ http, url, protocolVersion: 1, symrefs: true, peelTags: true }).catch(
    (error: unknown) => {
      throw fetchFailure(http, url, error);
    },
  );
  if (!refs.some(({ oid }) => oid.length === 64)) return refs;
  throw new HiveMindError(
    'NotARepository',
    `the server has a repository with SHA-256 object ids, which cannot be fetched by its address: ${url}`,
    { hint: 'clone it, and deploy the folder of the clone: the command line uploads that' },
  );
}

/** What git tries for a name, in its order (gitrevisions): tags before branches. */
const namesOf = (ref: string): readonly string[] => [
  ref,
  `refs/${ref}`,
  `refs/tags/${ref}`,
  `refs/heads/${ref}`,
];

const knownNames = (refs: readonly ServerRef[]): readonly string[] =>
  refs.flatMap(({ ref }) => /^refs\/(?:heads|tags)\/(.+)$/.exec(ref)?.[1] ?? []);
