import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../src/domain/errors.ts';
import type { Installation } from './installation.ts';
import { PLACES } from './places.ts';
import { unitStates } from './systemd/system-control.ts';
import { unitOf } from './systemd/units.ts';

/** All processes of the application: whatever its units have started and what came of that. */
export async function applicationProcessIds({ processes }: Installation): Promise<readonly number[]> {
  const states = await unitStates(processes.map(({ name }) => unitOf(name)));
  const groups = [...states.values()].map(({ controlGroup }) => controlGroup).filter((group) => group !== '');
  return (await Promise.all(groups.map((group) => processIdsIn(join(PLACES.controlGroups, group))))).flat();
}

async function processIdsIn(folder: string): Promise<readonly number[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const lists = entries.filter(({ name }) => name === 'cgroup.procs');
    const texts = await Promise.all(
      lists.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    );
    return texts.flatMap((text) => text.split('\n').filter(Boolean).map(Number));
  } catch (error) {
    // A group goes with its last process; the kernel says ENODEV of one that is going.
    if (!['ENOENT', 'ENODEV'].includes(systemErrorCode(error) ?? '')) throw error;
    return [];
  }
}
