import { HiveMindError } from '../../../domain/errors.ts';
import type { Instance } from '../../../ports/instance-commands.ts';
import type { InstanceRecord } from './instance-record.ts';

const LOOPBACK = '127.0.0.1';

/** An instance as its platform shows it. */
export function instanceView(record: InstanceRecord, state: Instance['state']): Instance {
  const { definition, port, restarts, lastExit } = record;
  const { id, stack, process, exposed } = definition;
  const release = record.incomplete ? undefined : releaseNumber(record);
  const view = { id, stack, process, exposed, host: LOOPBACK, port, state, restarts, lastExit };
  return release === undefined ? view : { ...view, release };
}

/** Of whoever made it for a release; others are told none. */
function releaseNumber({ definition }: InstanceRecord): number | undefined {
  const text = definition.variables['HIVEMIND_RELEASE'];
  return text === undefined || text === '' ? undefined : Number(text);
}

export const instanceRuns = (id: string): HiveMindError =>
  new HiveMindError('InvalidInput', `the instance "${id}" runs, so that its release cannot be replaced`, {
    hint: 'stop it first',
  });
