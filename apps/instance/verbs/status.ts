import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { readInstallation } from '../installation.ts';
import { processStatuses } from '../processes.ts';

export async function status(): Promise<InstanceAnswer<'status'>> {
  const installation = await readInstallation();
  const processes = await processStatuses(installation);
  return { processes, ...(installation.release !== undefined && { release: installation.release }) };
}
