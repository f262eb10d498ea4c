import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Home } from '../home.ts';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where PostgreSQL works when we are root: a folder that another account can reach, unlike the home of root or ours. */
const SHARED_FOLDER = '/var/lib/hivemind';

const runsAsRoot = (): boolean => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no such account. Undefined means
 * that it runs as ourselves.
 */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (!runsAsRoot()) return undefined;
  const accounts = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] =
      accounts
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.split(':') ?? [];
    // macOS writes the id of `nobody` as -2.
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  throw new HiveMindError(
    'ToolMissing',
    'PostgreSQL refuses to run as root, and this machine has neither an account "postgres" nor "nobody"',
    { hint: 'run HiveMind as an ordinary user, or create a system account with the name postgres' },
  );
}

/** The folder for the files of one cluster. */
export const clusterFolder = (home: Home, stack: string): string =>
  runsAsRoot() ? join(SHARED_FOLDER, `${home.owner}-${stack}`) : home.folder('databases', stack);

/** Creates the folder of a cluster, for `user` alone, on a path that it may pass. */
export async function createClusterFolder(folder: string, user: SystemUser | undefined): Promise<void> {
  if (user !== undefined) await createSharedFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}

/** Where programs are copied to that the account cannot reach in their own place. */
export async function sharedProgramsFolder(version: string): Promise<string> {
  await createSharedFolder();
  return join(SHARED_FOLDER, `postgresql-${version}`);
}

/** Others may pass but not list it, whatever the file mode creation mask says. */
async function createSharedFolder(): Promise<void> {
  const OTHERS_PASS = 0o711;
  await mkdir(SHARED_FOLDER, { recursive: true, mode: OTHERS_PASS });
  await chmod(SHARED_FOLDER, OTHERS_PASS);
}

/** Whether any account may pass through all folders on the way to a file. */
export async function isReachableByAll(file: string): Promise<boolean> {
  const OTHERS_MAY_PASS = 0o001;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & OTHERS_MAY_PASS) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
