import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const FOLDERS = [
  'repositories',
  'work',
  'artifacts',
  'instances',
  'databases',
  'logs',
  'secrets',
  'snapshots',
  'cache',
  'runtimes',
] as const;

/** Where the local platform keeps everything; the only place that knows the names of its files. */
export interface Home {
  readonly root: string;
  /** Same for every process that works on this home: marks the processes it starts, so that none can be lost. */
  readonly owner: string;
  readonly stateFile: string;
  readonly tokenFile: string;
  /** Address and process id of the running server. */
  readonly serverFile: string;
  /** Locked by the kernel for as long as a server runs. */
  readonly serverLockFile: string;
  readonly serverLogFile: string;
  folder(name: (typeof FOLDERS)[number], ...segments: string[]): string;
}

/** The home of the local platform: `HIVEMIND_HOME`, else `~/.hivemind`. */
export function homeFrom(environment: NodeJS.ProcessEnv): Home {
  const root = resolve(environment['HIVEMIND_HOME'] || join(homedir(), '.hivemind'));
  return {
    root,
    owner: createHash('sha256').update(root).digest('hex').slice(0, 16),
    stateFile: join(root, 'state.sqlite'),
    tokenFile: join(root, 'token'),
    serverFile: join(root, 'server.json'),
    serverLockFile: join(root, 'server.lock'),
    serverLogFile: join(root, 'server.log'),
    folder: (name, ...segments) => join(root, name, ...segments),
  };
}

/** Creates the folders, readable by their owner only. */
export function prepareHome(home: Home): void {
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  for (const name of FOLDERS) mkdirSync(home.folder(name), { recursive: true, mode: 0o700 });
  chmodSync(home.folder('secrets'), 0o700);
}
