import { basename } from 'node:path';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { emptyRepository, refNotFound } from '../../anywhere/source/nothing-to-fetch.ts';
import type { SourceLimits } from '../../anywhere/source/source-size.ts';
import type { Home } from '../home.ts';
import { localGitEnvironment } from './environment.ts';
import {
  type Commit,
  type FixedSource,
  type Origin,
  readCommit,
  treeId,
  withObjectReader,
} from './fixed-source.ts';
import { git } from './git-process.ts';
import { existingFolder, findLocalRepository, type LocalRepository } from './local-repository.ts';
import { isObjectId, type Mirror, mirrorOf } from './mirror.ts';
import { withObjectsOf, withShadow } from './shadow.ts';
import { countChanges, snapshot } from './working-tree.ts';

interface Place {
  readonly home: Home;
  readonly folder: string;
  readonly mirror: Mirror;
  readonly signal: AbortSignal | undefined;
}

/**
 * A folder: the last commit of the repository that tracks it, or its files as they are.
 * @throws {HiveMindError} SourceNotFound, NotARepository, SourceAccessDenied
 */
export async function folderOrigin(
  home: Home,
  path: string,
  options: { readonly workingTree: boolean; readonly limits: SourceLimits },
  signal: AbortSignal | undefined,
): Promise<Origin> {
  const folder = await existingFolder(path);
  const repository = await findLocalRepository(home, folder, signal);
  const mirror = mirrorOf(home, folder, repository?.objectFormat);
  const place = { home, folder, mirror, signal };
  const fix = async (): Promise<FixedSource> => {
    if (repository === undefined) return plainFolder(place, options.limits);
    const head = await committed(place, repository, repository.head);
    if (head === undefined && repository.prefix !== '') return plainFolder(place, options.limits);
    const { workTree } = repository;
    if (workTree !== undefined && options.workingTree) {
      return changedFolder(place, { ...repository, workTree }, head, options.limits);
    }
    if (head === undefined) throw noCommitYet(folder);
    return workTree === undefined ? head : withChangesCounted(place, { ...repository, workTree }, head);
  };
  return { mirror, fix };
}

/** A repository on this machine by its address. @throws {HiveMindError} as `folderOrigin` */
export async function fileOrigin(
  home: Home,
  path: string,
  ref: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Origin> {
  const folder = await existingFolder(path);
  const repository = await findLocalRepository(home, folder, signal);
  if (repository === undefined || repository.prefix !== '') {
    throw new HiveMindError('NotARepository', `"${printable(folder)}" is not a git repository`, {
      hint: 'name the top folder of a repository; a folder in it is deployed by its path, without file://',
    });
  }
  const place = { home, folder, mirror: mirrorOf(home, folder, repository.objectFormat), signal };
  const fix = async (): Promise<FixedSource> => {
    const fixed = await committed(
      place,
      repository,
      ref === undefined || ref === 'HEAD' ? repository.head : await idOf(place, ref),
    );
    if (fixed) return fixed;
    if (ref === undefined) throw noCommitYet(folder);
    throw refNotFound(ref, await branchesAndTags(place));
  };
  return { mirror: place.mirror, fix };
}

const noCommitYet = (folder: string): HiveMindError =>
  emptyRepository(`the repository "${printable(folder)}" has no commit yet`);

/** The folder in a commit; undefined when there is no such commit, or the commit does not have the folder. */
async function committed(
  place: Place,
  repository: LocalRepository,
  id: string | undefined,
): Promise<FixedSource | undefined> {
  if (id === undefined) return undefined;
  const environment = withObjectsOf(place.mirror, repository);
  return withObjectReader(place.mirror, environment, async (reader) => {
    const commit = await readCommit(reader, id);
    const tree = commit && (await treeId(reader, commit.id, repository.prefix));
    return commit && tree ? { commit, tree, warnings: [], environment } : undefined;
  });
}

type WithWorkTree = LocalRepository & { readonly workTree: string };

async function withChangesCounted(
  place: Place,
  repository: WithWorkTree,
  head: FixedSource,
): Promise<FixedSource> {
  const changes = await withShadow(place.home, place.mirror, repository.workTree, repository, (shadow) =>
    countChanges(shadow, repository.prefix, place.signal),
  );
  if (changes === 0) return head;
  const what = changes === 1 ? '1 file differs' : `${changes} files differ`;
  const warning = `${what} from the last commit, which is what is deployed; --working-tree deploys the files as they are`;
  return { ...head, warnings: [warning] };
}

async function changedFolder(
  place: Place,
  repository: WithWorkTree,
  head: FixedSource | undefined,
  limits: SourceLimits,
): Promise<FixedSource> {
  const { workTree, prefix } = repository;
  const environment = withObjectsOf(place.mirror, repository);
  const { tree: root, warnings } = await withShadow(
    place.home,
    place.mirror,
    workTree,
    repository,
    (shadow) => snapshot(shadow, { folder: workTree, prefix, limits, signal: place.signal }),
  );
  const tree = await withObjectReader(place.mirror, environment, (reader) => treeId(reader, root, prefix));
  if (tree === undefined) throw emptyRepository(`the folder "${printable(place.folder)}" has no files`);
  if (tree === head?.tree) return { ...head, warnings };
  const subject = head
    ? `working tree on ${head.commit.id.slice(0, 12)}`
    : 'working tree before the first commit';
  return { commit: await writeCommit(place, tree, subject, environment), tree, warnings, environment };
}

async function plainFolder(place: Place, limits: SourceLimits): Promise<FixedSource> {
  const { folder, mirror, signal } = place;
  const { tree, warnings } = await withShadow(place.home, mirror, folder, undefined, (shadow) =>
    snapshot(shadow, { folder, prefix: '', limits, signal }),
  );
  const { environment } = mirror;
  const commit = await writeCommit(place, tree, `files of ${printable(basename(folder))}`, environment);
  return { commit, tree, warnings, environment };
}

/** Nobody's name and the first second of time: equal files give an equal commit. */
const NOBODY = {
  GIT_AUTHOR_NAME: 'HiveMind',
  GIT_AUTHOR_EMAIL: 'hivemind@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'HiveMind',
  GIT_COMMITTER_EMAIL: 'hivemind@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
};

async function writeCommit(
  place: Place,
  tree: string,
  subject: string,
  environment: FixedSource['environment'],
): Promise<Commit> {
  const id = await git({
    args: ['commit-tree', tree, '-m', subject],
    environment: { ...environment, ...NOBODY },
    directory: place.mirror.folder,
    signal: place.signal,
  });
  return { id: id.toString().trim(), subject };
}

/** The object that a full id, a tag or a branch names, looked for in the order that `git fetch` uses. */
async function idOf(place: Place, ref: string): Promise<string | undefined> {
  if (isObjectId(ref)) return ref;
  const names = [ref, `refs/tags/${ref}`, `refs/heads/${ref}`].filter((name) => name.startsWith('refs/'));
  const lines = await readOnly(place, ['for-each-ref', '--format=%(refname) %(objectname)', '--', ...names]);
  const ids = new Map(
    lines.map((line): [string, string] => [
      line.slice(0, line.lastIndexOf(' ')),
      line.slice(line.lastIndexOf(' ') + 1),
    ]),
  );
  return names.map((name) => ids.get(name)).find((id) => id !== undefined);
}

const branchesAndTags = (place: Place): Promise<string[]> =>
  readOnly(place, [
    'for-each-ref',
    '--count=1000',
    '--format=%(refname:lstrip=2)',
    'refs/heads',
    'refs/tags',
  ]);

/** Reads from the operator's repository with a command that its configuration cannot make run anything. */
async function readOnly(place: Place, args: readonly string[]): Promise<string[]> {
  const output = await git({
    args,
    environment: localGitEnvironment(place.home),
    directory: place.folder,
    signal: place.signal,
  });
  return output
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}
