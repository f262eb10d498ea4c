import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { singleLine } from '../../../domain/plain-text.ts';
import { linkTarget } from '../../anywhere/artifact/links.ts';
import type { Home } from '../home.ts';
import { scrubbedEnvironment } from '../process-group.ts';

const run = promisify(execFile);

/** A file or folder of the machine that a build may see, and where. */
export interface Mount {
  readonly host: string;
  readonly inside: string;
  readonly writable?: true;
}

/** How builds are kept apart from the machine. */
export interface Isolation {
  readonly sandboxed: boolean;
  readonly how: string;
  /** Whom the commands run as. @default the user of this process */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The path under which a build sees a path of the machine. */
  pathInside(mounts: readonly Mount[], hostPath: string): string;
  /** What to run on the machine so that `argv` runs isolated. `directory` is a path of the machine. */
  commandLine(argv: readonly string[], mounts: readonly Mount[], directory: string): readonly string[];
}

/** User and group of a build: not 0, because package managers treat root specially, and the same on every machine. */
export const SANDBOX_USER_ID = 1000;

/** Bubblewrap when this machine has it and lets it work, else nothing but a scrubbed environment. */
export async function probeIsolation(home: Home): Promise<Isolation> {
  if (process.platform !== 'linux')
    return directIsolation(`bubblewrap needs Linux, this is ${process.platform}`);
  const program = PROGRAMS.find((file) => existsSync(file));
  if (program === undefined) return directIsolation('bubblewrap (bwrap) is not installed');
  const base = [program, ...NAMESPACES, ...systemMounts(home)];
  try {
    await run(program, [...base.slice(1), '--', 'true'], { env: scrubbedEnvironment(), timeout: 10_000 });
  } catch (error) {
    return directIsolation(whyNot(error));
  }
  return bubblewrap(base);
}

/** No sandbox: a build can read whatever our own user can. */
export const directIsolation = (reason: string): Isolation => ({
  sandboxed: false,
  how: `no sandbox: ${reason}`,
  pathInside: (_, hostPath) => hostPath,
  commandLine: (argv) => argv,
});

const bubblewrap = (base: readonly string[]): Isolation => ({
  sandboxed: true,
  how: 'bubblewrap: namespaces of its own for users, processes, files and IPC, no capabilities, nothing of the home folder; the network is shared',
  pathInside,
  commandLine: (argv, mounts, directory) => [
    ...base,
    ...mounts.flatMap(({ host, inside, writable }) => [writable ? '--bind' : '--ro-bind', host, inside]),
    ...['--remount-ro', '/', '--chdir', pathInside(mounts, directory), '--'],
    ...PROCESS_ONE,
    ...argv,
  ],
});

const PROGRAMS = ['/usr/local/bin/bwrap', '/usr/bin/bwrap', '/bin/bwrap'];

/**
 * Every namespace but the network's, which registries are reached through. What a build may connect to cannot be limited this
 * way: loopback and the metadata addresses of a cloud machine are open to it. The session stays ours, which has no terminal to
 * attack: so one signal reaches the sandbox even while bubblewrap is still setting it up.
 */
const NAMESPACES = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup-try',
  ...['--uid', String(SANDBOX_USER_ID), '--gid', String(SANDBOX_USER_ID)],
  ...['--hostname', 'build'],
  ...['--cap-drop', 'ALL'],
  '--die-with-parent',
  '--as-pid-1',
];

/**
 * The shell is process 1 of the sandbox: when it ends, the kernel kills everything else in there before we hear of it. So no
 * daemon outlives its step, and nothing writes to the files any more when they are read.
 */
const PROCESS_ONE = ['sh', '-c', '"$@"; exit "$?"', 'sh'];

/** Folders beside `/usr` that hold programs: links into it on most distributions. */
const PROGRAM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** What programs need of `/etc`, and nothing private of it: a server that runs as root could read `ssl/private` in the sandbox. */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'gai.conf',
  'host.conf',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'pki/ca-trust',
  'pki/tls/certs',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
].map((name) => `/etc/${name}`);

function systemMounts(home: Home): readonly string[] {
  // Configuration below `/usr`: the operator's npm credentials may lie there.
  const hidden = ['/usr/etc', '/usr/local/etc', home.root].filter(
    (folder) => folder.startsWith('/usr/') && existsSync(folder),
  );
  const programs = PROGRAM_FOLDERS.flatMap((folder) => {
    const target = linkTarget(folder);
    return target === undefined ? ['--ro-bind-try', folder, folder] : ['--symlink', target, folder];
  });
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...programs,
    ...hidden.flatMap((folder) => ['--tmpfs', folder]),
    ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--proc', '/proc', '--dev', '/dev'],
  ];
}

/** A path outside of every mount is one of the system, which looks the same inside. */
function pathInside(mounts: readonly Mount[], hostPath: string): string {
  const mount = mounts.find(({ host }) => hostPath === host || hostPath.startsWith(`${host}/`));
  return mount === undefined ? hostPath : join(mount.inside, hostPath.slice(mount.host.length));
}

function whyNot(error: unknown): string {
  const complaint = error instanceof Error && 'stderr' in error ? singleLine(String(error.stderr)) : '';
  return `bubblewrap does not work on this machine${complaint === '' ? '' : ` (${complaint})`}`;
}
