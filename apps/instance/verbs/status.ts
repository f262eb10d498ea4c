import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { readInstallation } from '../installation.ts';
import { processStatuses } from '../processes.ts';

export const status = async (): Promise<InstanceAnswer<'status'>> => ({
  processes: await processStatuses(await readInstallation()),
});
