import { readListeningPorts } from '../../../src/adapters/local/process-inspection.ts';
import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { applicationProcessIds } from '../control-groups.ts';
import { readInstallation } from '../installation.ts';

/** TCP ports on which the application listens. */
export const ports = async (): Promise<InstanceAnswer<'ports'>> => ({
  ports: [...(await readListeningPorts(await applicationProcessIds(await readInstallation())))],
});
