import { Errors } from 'isomorphic-git';
import { type ErrorCode, HiveMindError } from '../../../domain/errors.ts';
import { unsafe } from '../../anywhere/source/tree-safety.ts';
import type { GitHttp } from './git-http.ts';

/** Why a repository cannot be fetched; what the connection itself has failed with says it best. */
export function fetchFailure(http: GitHttp, url: string, error: unknown): unknown {
  if (http.failure instanceof HiveMindError) return http.failure;
  if (error instanceof Errors.HttpError) return ofStatus(url, error.data.statusCode, error);
  if (error instanceof Errors.UnsafeFilepathError)
    return unsafe(error.data.filepath, 'is a name that leaves its folder');
  if (!(error instanceof Error && 'isIsomorphicGitError' in error)) return error;
  return refused('NotARepository', `the server answers, but there is no git repository at ${url}`, error);
}

function ofStatus(url: string, status: number, cause: unknown): HiveMindError {
  if (status === 401 || status === 403) {
    const what = `there is no such repository, or no access to it: ${url} (HTTP ${status})`;
    return refused('SourceAccessDenied', what, cause);
  }
  if (status === 404 || status === 410) {
    return refused('SourceNotFound', `there is no repository at ${url} (HTTP ${status})`, cause);
  }
  return status === 429 || status >= 500
    ? refused('SourceUnreachable', `the server of ${url} is out of order (HTTP ${status})`, cause)
    : refused('NotARepository', `there is no git repository at ${url} (HTTP ${status})`, cause);
}

const refused = (code: ErrorCode & keyof typeof HINTS, what: string, cause: unknown): HiveMindError =>
  new HiveMindError(code, what, { hint: HINTS[code], cause });

const HINTS = {
  SourceAccessDenied:
    'check the address; for a private repository store {"username": "...", "password": "<token>"} in Secrets Manager as hivemind/git/<host>, or deploy from a local clone',
  SourceNotFound: 'check the address: it is the one that `git clone` takes',
  NotARepository: 'check the address: it is the one that `git clone` takes',
  SourceUnreachable: 'run the command again in a minute',
} as const;
