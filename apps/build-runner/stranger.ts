import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import { directIsolation, type Isolation } from '../../src/adapters/local/build/sandbox.ts';
import type { Home } from '../../src/adapters/local/home.ts';

const run = promisify(execFile);

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`, who is known on every Linux and owns nothing. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/**
 * Whom the repository's commands run as: somebody else than us, who cannot read our environment in `/proc` nor the credentials
 * of the container. Undefined where we may not change to another user, or that user could not even run Node.
 */
export async function strangerOn(home: Home): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const folder of [home.root, home.folder('work'), home.folder('cache'), home.folder('runtimes')]) {
    await chmod(folder, 0o755);
  }
  try {
    const look = `require('node:fs').readdirSync(${JSON.stringify(home.root)})`;
    await run(process.execPath, ['--eval', look], { ...NOBODY, cwd: home.root, env: {} });
    return NOBODY;
  } catch {
    return undefined;
  }
}

/** The container is the sandbox; the processes of a build are looked for and ended all the same. */
export const containerIsolation = (user: User | undefined): Isolation => ({
  ...directIsolation('the container is one'),
  user,
});

/** Gives folders to a user, links themselves and not what they lead to. */
export async function handOver(folders: readonly string[], { uid, gid }: User): Promise<void> {
  await run('chown', ['-hR', '-P', `${uid}:${gid}`, '--', ...folders]);
}
