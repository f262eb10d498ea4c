import { readFile } from 'node:fs/promises';
import type { ProcessStatus } from '../../src/contracts/instance-program.ts';
import { systemErrorCode } from '../../src/domain/errors.ts';
import type { Installation } from './installation.ts';
import { type UnitState, unitStates } from './systemd/system-control.ts';
import { exitRecord, unitOf } from './systemd/units.ts';

export interface RecordedExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
  /** systemd's word for how it ended: `success`, `exit-code`, `timeout`. */
  readonly result: string;
}

/** State of every process of the release, in its order. */
export async function processStatuses({ processes }: Installation): Promise<ProcessStatus[]> {
  const states = await unitStates(processes.map(({ name }) => unitOf(name)));
  return Promise.all(
    processes.map(async ({ name, exposed }) => {
      const unit = unitOf(name);
      const exit = await readExit(exitRecord(unit));
      return {
        name,
        exposed,
        state: stateOf(states.get(unit)),
        restarts: states.get(unit)?.restarts ?? 0,
        lastExit: exit && { code: exit.code, signal: exit.signal, at: exit.at },
      };
    }),
  );
}

function stateOf(state: UnitState | undefined): ProcessStatus['state'] {
  switch (state?.active) {
    case 'active':
    case 'reloading':
      return 'running';
    case 'failed':
      return 'failed';
    case 'activating':
      return state.sub === 'auto-restart' ? 'backing-off' : 'running';
    // It has ended and systemd tidies up; nobody waits for a stop that was asked for while it lasts.
    case 'deactivating':
      return 'backing-off';
    default:
      return 'stopped';
  }
}

/** What `record-exit` wrote: result, `exited` or the like, code or name of the signal, time. Null when it has not ended. */
export async function readExit(file: string): Promise<RecordedExit | null> {
  try {
    const [result = '', how = '', status = '', at = ''] = (await readFile(file, 'utf8')).trim().split(' ');
    const exited = how === 'exited';
    return { result, at, code: exited ? Number(status) : null, signal: exited ? null : `SIG${status}` };
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return null;
  }
}
