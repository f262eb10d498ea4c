import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import type { Home } from '../home.ts';
import type { InstanceDefinition } from './instance-record.ts';

/** Where an instance lives. */
export interface InstanceFolders {
  /** Holds the others. */
  readonly all: string;
  /** The unpacked artifact. */
  readonly app: string;
  /** The application's folder in the artifact: where its commands run. */
  readonly root: string;
  /** `$HOME` */
  readonly home: string;
  /** `$TMPDIR` */
  readonly temporary: string;
}

/** @throws {HiveMindError} InvalidInput: the root leaves the artifact */
export function instanceFolders(home: Home, { id, root }: InstanceDefinition): InstanceFolders {
  const all = home.folder('instances', id);
  const app = join(all, 'app');
  const folders = { all, app, root: join(app, root), home: join(all, 'home'), temporary: join(all, 'tmp') };
  const path = relative(app, folders.root);
  if (path !== '..' && !path.startsWith(`..${sep}`)) return folders;
  throw new HiveMindError('InvalidInput', `the root folder "${root}" is outside of the artifact`, {
    hint: 'deploy a folder inside of the repository',
  });
}

/** Makes the folders besides `app`, from nothing: a killed server may have left some. */
export async function makeInstanceFolders(folders: InstanceFolders): Promise<void> {
  await removeFolder(folders.all);
  for (const folder of [folders.all, folders.home, folders.temporary]) await mkdir(folder, { mode: 0o700 });
}

/**
 * Puts what `unpack` writes in the place of the application's files, in one step once it is complete. What the application kept in its home
 * stays.
 */
export async function replaceApplication(
  { app }: InstanceFolders,
  unpack: (folder: string) => Promise<void>,
  beforeSwitch: () => void,
): Promise<void> {
  const next = `${app}-next`;
  await removeFolder(next);
  try {
    await unpack(next);
  } catch (error) {
    await removeFolder(next);
    throw error;
  }
  beforeSwitch();
  await removeFolder(app);
  await rename(next, app);
}

/** Without this a missing folder reads as a missing program. @throws {HiveMindError} InstanceNotFound */
export async function checkRootFolder({ root }: InstanceFolders): Promise<void> {
  try {
    await stat(root);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw cause;
    throw new HiveMindError('InstanceNotFound', `the files of the instance are gone: there is no ${root}`, {
      hint: 'destroy the deployment and deploy it again',
      cause,
    });
  }
}

/** Removes what belongs to no instance: a server was killed while it made or removed one. */
export async function removeUnknownFolders(home: Home, knownIds: ReadonlySet<string>): Promise<void> {
  const names = await readdir(home.folder('instances'));
  const unknown = names.filter((name) => !knownIds.has(name));
  await Promise.all(unknown.map((name) => removeFolder(home.folder('instances', name))));
}
