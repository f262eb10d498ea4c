import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { scrubbedEnvironment } from '../process-group.ts';
import { removeFolder } from './remove-folder.ts';

const run = promisify(execFile);

/**
 * Copies a folder to a place where nothing is yet. Never hard links, because whoever gets the copy may write to it; file
 * systems that can share blocks until then do so.
 * @throws {HiveMindError} DiskFull
 */
export async function copyFolder(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  if (lstatSync(target, { throwIfNoEntry: false })) throw new TypeError(`"${target}" exists already`);
  try {
    if (process.platform === 'linux') await copyFast(source, target);
    else
      await cp(source, target, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false });
  } catch (error) {
    await removeFolder(target);
    throw asHiveMindError(error);
  }
}

/** `cp` took a tenth of the time of `fs.cp` for 20,000 files, and none of this process. */
async function copyFast(source: string, target: string): Promise<void> {
  try {
    await run('cp', ['-aT', '--reflink=auto', '--', source, target], {
      env: { ...scrubbedEnvironment(), LC_ALL: 'C' },
    });
  } catch (error) {
    const complaint = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    if (!/No space left on device|Disk quota exceeded/.test(complaint)) throw error;
    throw new HiveMindError('DiskFull', 'there is no space left on the disk for a copy of the artifact', {
      hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
      cause: error,
    });
  }
}
