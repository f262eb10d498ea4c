import { HiveMindError } from '../../src/domain/errors.ts';
import { type InstanceRelease, shapeOf } from '../../src/domain/instance-release.ts';
import type { Instance } from '../../src/ports/instance-commands.ts';

/** Whether instances can take over a release one after the other. @throws {HiveMindError} InvalidInput */
export function requireRollable(
  former: InstanceRelease,
  next: InstanceRelease,
  instances: readonly Instance[],
): void {
  if (instances.filter(({ exposed }) => exposed).length === 1) {
    throw refused('one instance answers all requests: nobody would while it is replaced');
  }
  if (shapeOf(former) !== shapeOf(next)) {
    throw refused('the new release has other processes, or uses a database where the old one does not');
  }
}

const refused = (why: string): HiveMindError =>
  new HiveMindError('InvalidInput', `the instances cannot be replaced in place: ${why}`, {
    hint: 'update without --rolling: the new release then starts beside the old one',
  });
