import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../domain/digest.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import { UNFINISHED_ARTIFACT } from '../artifact-store.ts';
import type { Home } from '../home.ts';
import { type Mount, SANDBOX_USER_ID } from './sandbox.ts';

/** The folders of one build, gone with it. */
export interface Workspace {
  readonly name: string;
  readonly folder: string;
  /** Where the checkout goes; does not exist at first. */
  readonly app: string;
  readonly home: string;
  readonly temporary: string;
  /** Links to the programs of the toolchain, first in the PATH. */
  readonly programs: string;
  /** Survives the build. */
  readonly cache: string;
  readonly mounts: readonly Mount[];
}

const WORKSPACE = 'build-';

/** Creates an empty workspace; what a killed server left under the same token is removed first. */
export async function createWorkspace(home: Home, token: string, cache: string): Promise<Workspace> {
  const name = `${WORKSPACE}${digestOf(token).slice(0, 16)}`;
  const folder = home.folder('work', name);
  await removeFolder(folder);
  const place = (part: string): string => join(folder, part);
  for (const part of ['home', 'tmp', 'programs']) await mkdir(place(part), { recursive: true, mode: 0o700 });
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const id = `${SANDBOX_USER_ID}:${SANDBOX_USER_ID}`;
  await writeFile(place('passwd'), `build:x:${id}:build:/home/build:/bin/sh\n`);
  await writeFile(place('group'), `build:x:${SANDBOX_USER_ID}:\n`);
  return {
    name,
    folder,
    app: place('app'),
    home: place('home'),
    temporary: place('tmp'),
    programs: place('programs'),
    cache,
    // The same paths in every build: many tools write the path they ran in into what they make.
    mounts: [
      { host: place('app'), inside: '/workspace', writable: true },
      { host: place('home'), inside: '/home/build', writable: true },
      { host: place('tmp'), inside: '/tmp', writable: true },
      { host: cache, inside: '/cache', writable: true },
      { host: place('programs'), inside: '/opt/hivemind/bin' },
      { host: place('passwd'), inside: '/etc/passwd' },
      { host: place('group'), inside: '/etc/group' },
    ],
  };
}

/** Removes what builds of a killed server left. Call it before the first build. */
export async function removeStaleWorkspaces(home: Home): Promise<void> {
  for (const name of await readdir(home.folder('work'))) {
    const isStale = name.startsWith(WORKSPACE) || name.startsWith(UNFINISHED_ARTIFACT);
    if (isStale) await removeFolder(home.folder('work', name));
  }
}

/** Package downloads of one application: in a shared cache one application could poison another. */
export const cacheFolder = (home: Home, repository: string): string =>
  home.folder('cache', digestOf(repository).slice(0, 16));
