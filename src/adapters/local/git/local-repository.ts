import { readdir, realpath, stat } from 'node:fs/promises';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import type { Home } from '../home.ts';
import { localGitEnvironment } from './environment.ts';
import { runGit } from './git-process.ts';
import type { ObjectFormat } from './mirror.ts';

/** The repository of the operator that a folder is in. Only facts are read from it; nothing is ever written to it. */
export interface LocalRepository {
  /** Top of the working tree; undefined for a bare repository. */
  readonly workTree: string | undefined;
  /** The folder below the top: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly objectFormat: ObjectFormat;
  readonly objects: string;
  readonly index: string;
  readonly exclude: string;
  /** Commit; undefined when there is none yet. */
  readonly head: string | undefined;
}

/** The real path of an existing folder. @throws {HiveMindError} SourceNotFound, NotARepository, SourceAccessDenied */
export async function existingFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isDirectory()) {
      throw new HiveMindError('NotARepository', `"${printable(path)}" is a file`, {
        hint: 'name the folder that holds the application; an archive must be unpacked first',
      });
    }
    await readdir(real);
    return real;
  } catch (error) {
    throw folderFailure(path, error);
  }
}

/** The real path, or the path itself when nothing is there. */
export async function realPathIfThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return path;
  }
}

/**
 * Finds the repository of a folder; undefined when it is in none. The repository may be hostile, for instance unpacked from
 * an archive: this one command reads its configuration, and none of what it does can be configured to run anything.
 * @throws {HiveMindError} NotARepository: there is one, and git cannot read it
 */
export async function findLocalRepository(
  home: Home,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<LocalRepository | undefined> {
  const result = await runGit({
    args: [
      ...['rev-parse', '--is-inside-work-tree', '--show-object-format', '--show-prefix'],
      ...[
        '--path-format=absolute',
        '--git-path',
        'objects',
        '--git-path',
        'index',
        '--git-path',
        'info/exclude',
      ],
      ...['--revs-only', 'HEAD'],
    ],
    environment: localGitEnvironment(home),
    directory: folder,
    timeoutSeconds: 30,
    signal,
  });
  if (result.exitCode === 0) return parseFacts(folder, result.output.toString().split('\n'));
  if (/not a git repository/i.test(result.errors)) return undefined;
  throw new HiveMindError('NotARepository', `git cannot read the repository of "${printable(folder)}"`, {
    hint: 'run `git status` there and mend what it says, or copy the files to a folder without ".git"',
    logTail: result.errors.trim().split('\n'),
  });
}

function parseFacts(folder: string, lines: readonly string[]): LocalRepository {
  const [inside, format, prefix = '', objects = '', index = '', exclude = '', head = ''] = lines;
  const inWorkTree = inside === 'true' && folder.concat('/').endsWith(`/${prefix}`);
  return {
    // Not `--show-toplevel`: its `core.worktree` could point at other files of the machine than the folder named.
    workTree: inWorkTree ? folder.slice(0, folder.length - prefix.length) || '/' : undefined,
    prefix: inWorkTree ? prefix : '',
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    objects,
    index,
    exclude,
    head: /^[0-9a-f]{40,64}$/.test(head) ? head : undefined,
  };
}

function folderFailure(path: string, error: unknown): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
      return new HiveMindError('SourceNotFound', `there is no folder "${printable(path)}"`, {
        hint: 'check the path; a repository elsewhere needs its full address, such as https://github.com/owner/repository',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new HiveMindError('SourceAccessDenied', `the folder "${printable(path)}" may not be read`, {
        hint: 'let the user who runs HiveMind read the folder and all above it',
        cause: error,
      });
    default:
      return error;
  }
}
