import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import { emptyRepository, refNotFound } from '../../anywhere/source/nothing-to-fetch.ts';
import { inMebibytes, type SourceLimits, tooLarge } from '../../anywhere/source/source-size.ts';
import type { Home } from '../home.ts';
import { type GitEnvironment, operatorGitEnvironment, remoteGitEnvironment } from './environment.ts';
import { fetchFailure } from './fetch-failure.ts';
import { type FixedSource, type Origin, readCommit, treeId, withObjectReader } from './fixed-source.ts';
import { type GitResult, runGit } from './git-process.ts';
import { isKept, isObjectId, type Mirror, mirrorOf, TIP } from './mirror.ts';

interface Remote {
  readonly home: Home;
  readonly mirror: Mirror;
  readonly url: string;
  /** Branch, tag or full commit id; the remote's HEAD when absent. */
  readonly ref: string | undefined;
  readonly limits: SourceLimits;
  readonly signal: AbortSignal | undefined;
}

/** A repository behind https or ssh. */
export function remoteOrigin(
  home: Home,
  source: { readonly url: string; readonly ref?: string | undefined },
  limits: SourceLimits,
  signal: AbortSignal | undefined,
): Origin {
  const { url, ref } = source;
  const remote = { home, mirror: mirrorOf(home, url), url, ref, limits, signal };
  return { mirror: remote.mirror, fix: async () => (await alreadyFetched(remote)) ?? fetched(remote) };
}

/** A commit never changes, so one that is here needs no network. */
async function alreadyFetched({ mirror, ref }: Remote): Promise<FixedSource | undefined> {
  if (ref === undefined || !isObjectId(ref)) return undefined;
  const fixed = await fixedAt(mirror, ref);
  return fixed && (await isKept(mirror, fixed.tree)) ? fixed : undefined;
}

async function fetched(remote: Remote): Promise<FixedSource> {
  const { mirror, url, ref } = remote;
  const environment = remoteGitEnvironment(remote.home, url, {
    GIT_DIR: mirror.folder,
    ...(await sshCommand(remote)),
  });
  const result = await fetchTip(remote, environment);
  if (result.exitCode !== 0) throw await failureOf(remote, environment, result.errors);
  const fixed = await fixedAt(mirror, TIP);
  if (fixed) return fixed;
  throw refNotFound(ref ?? 'HEAD', []);
}

async function fixedAt(mirror: Mirror, name: string): Promise<FixedSource | undefined> {
  const { environment } = mirror;
  return withObjectReader(mirror, environment, async (reader) => {
    const commit = await readCommit(reader, name);
    const tree = commit && (await treeId(reader, commit.id, ''));
    return commit && tree ? { commit, tree, warnings: [], environment } : undefined;
  });
}

/** One round trip, whether the ref is a branch, a tag or a commit: git tries these names itself, tags first. */
async function fetchTip(remote: Remote, environment: GitEnvironment): Promise<GitResult> {
  const { mirror, url, ref } = remote;
  const watch = watchSize(mirror, remote.limits);
  const signals = remote.signal === undefined ? [watch.signal] : [watch.signal, remote.signal];
  const options = [
    '--quiet',
    '--force',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--depth=1',
  ];
  try {
    return await runGit({
      args: ['fetch', ...options, '--', url, `+${ref ?? 'HEAD'}:${TIP}`],
      environment,
      directory: mirror.folder,
      timeoutSeconds: 3600,
      signal: AbortSignal.any(signals),
    });
  } finally {
    watch.stop();
  }
}

/** git has no limit for what a server sends, so the growing pack is watched. */
function watchSize(
  mirror: Mirror,
  limits: SourceLimits,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const INTERVAL_MILLISECONDS = 500;
  const controller = new AbortController();
  const timer = setInterval(async () => {
    try {
      if ((await arrivingBytes(mirror)) <= limits.bytes) return;
      controller.abort(tooLarge(`more than ${inMebibytes(limits.bytes)} MiB`));
    } catch (error) {
      controller.abort(error);
    }
  }, INTERVAL_MILLISECONDS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

async function arrivingBytes(mirror: Mirror): Promise<number> {
  const folder = join(mirror.objects, 'pack');
  let bytes = 0;
  for (const name of await readdir(folder)) {
    if (name.startsWith('tmp_')) bytes += await bytesOf(join(folder, name));
  }
  return bytes;
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return 0;
  }
}

/** Makes ssh give up instead of asking or waiting, unless the operator has an ssh command of their own. */
async function sshCommand({ home, mirror, url, signal }: Remote): Promise<GitEnvironment> {
  if (/^https?:/.test(url) || process.env['GIT_SSH_COMMAND']) return {};
  const own = await runGit({
    args: ['config', '--get', 'core.sshCommand'],
    environment: operatorGitEnvironment(home),
    directory: mirror.folder,
    signal,
  });
  if (own.exitCode === 0) return {};
  return { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15' };
}

async function failureOf(remote: Remote, environment: GitEnvironment, errors: string): Promise<Error> {
  if (!/couldn't find remote ref|not our ref|unadvertised object/.test(errors)) {
    return fetchFailure(remote.url, errors);
  }
  const result = await runGit({
    args: ['ls-remote', '--quiet', '--heads', '--tags', '--refs', '--', remote.url],
    environment,
    directory: remote.mirror.folder,
    timeoutSeconds: 30,
    signal: remote.signal,
  });
  if (result.exitCode !== 0) return fetchFailure(remote.url, result.errors);
  const names = [...result.output.toString().matchAll(/\trefs\/(?:heads|tags)\/(.+)$/gm)].map(
    ([, name = '']) => name,
  );
  if (names.length === 0) return emptyRepository(`the repository ${remote.url} has no commit yet`);
  return refNotFound(remote.ref ?? 'HEAD', names);
}
