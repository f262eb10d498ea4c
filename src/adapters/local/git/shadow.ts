import {
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import type { Home } from '../home.ts';
import { type GitEnvironment, localGitEnvironment, operatorGitEnvironment } from './environment.ts';
import { runGit } from './git-process.ts';
import type { LocalRepository } from './local-repository.ts';
import { configuration, type Mirror } from './mirror.ts';

/** Where git commands on a working tree run: a repository of ours that stands in for the operator's. */
export interface Shadow {
  readonly folder: string;
  readonly environment: GitEnvironment;
}

/**
 * Lends a repository that has the operator's HEAD, index and ignore rules, and none of their configuration: git runs filters,
 * monitors and hooks that a repository's configuration names, and the folder may come from anybody. New objects go to the
 * mirror. Outside a repository, the shadow is empty.
 */
export async function withShadow<T>(
  home: Home,
  mirror: Mirror,
  workTree: string,
  repository: LocalRepository | undefined,
  use: (shadow: Shadow) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(mirror.folder, 'temporary-'));
  try {
    const [preferences] = await Promise.all([
      repository ? operatorPreferences(home, workTree) : [],
      writeShadow(folder, mirror, repository),
    ]);
    const alternates = repository ? { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(repository.objects) } : {};
    const variables = {
      GIT_DIR: folder,
      GIT_WORK_TREE: workTree,
      GIT_OBJECT_DIRECTORY: mirror.objects,
      GIT_LITERAL_PATHSPECS: '1',
      ...alternates,
    };
    return await use({ folder, environment: localGitEnvironment(home, variables, preferences) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The mirror's environment, with the operator's objects in reach. */
export const withObjectsOf = (mirror: Mirror, repository: LocalRepository): GitEnvironment => ({
  ...mirror.environment,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(repository.objects),
});

/** A path with a colon or a quote would otherwise be read as several. */
const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

async function writeShadow(
  folder: string,
  mirror: Mirror,
  repository: LocalRepository | undefined,
): Promise<void> {
  await Promise.all([
    mkdir(join(folder, 'refs')),
    mkdir(join(folder, 'info')),
    mkdir(join(folder, 'objects')),
  ]);
  const ownRules = repository ? await ifExists(readFile(repository.exclude, 'utf8')) : undefined;
  await Promise.all([
    writeFile(join(folder, 'info', 'exclude'), `node_modules/\n${ownRules ?? ''}`),
    writeFile(join(folder, 'config'), configuration(mirror.key.endsWith('-sha256'))),
    writeFile(join(folder, 'HEAD'), `${repository?.head ?? 'ref: refs/heads/none'}\n`),
    repository && ifExists(copyIndex(repository.index, folder)),
  ]);
}

/**
 * The index spares git from reading every file of the working tree: it knows their times. git trusts a time only when it is
 * older than the index itself, so the copy keeps the time of the original, rounded down. It may lie in two files.
 */
async function copyIndex(index: string, folder: string): Promise<void> {
  const copy = join(folder, 'index');
  const writtenSeconds = Math.floor((await stat(index)).mtimeMs / 1000);
  await copyFile(index, copy, constants.COPYFILE_FICLONE);
  await utimes(copy, writtenSeconds, writtenSeconds);
  const shared = (await readdir(dirname(index))).filter((name) => name.startsWith('sharedindex.'));
  for (const name of shared) await copyFile(join(dirname(index), name), join(folder, name));
}

/** Preferences that decide whether a file counts as changed; they are values, and none of them names a program. */
const PREFERENCES = '^core\\.(excludesfile|autocrlf|eol|filemode|ignorecase|precomposeunicode|symlinks)$';

async function operatorPreferences(home: Home, workTree: string): Promise<[string, string][]> {
  const result = await runGit({
    args: ['config', '--null', '--type=path', '--get-regexp', PREFERENCES],
    environment: operatorGitEnvironment(home),
    directory: workTree,
    timeoutSeconds: 30,
  });
  return result.output
    .toString()
    .split('\0')
    .flatMap((pair): [string, string][] => {
      const end = pair.indexOf('\n');
      return end < 0 ? [] : [[pair.slice(0, end), pair.slice(end + 1)]];
    });
}

async function ifExists<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
