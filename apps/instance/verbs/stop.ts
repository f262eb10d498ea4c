import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { readInstallation } from '../installation.ts';
import { processStatuses } from '../processes.ts';
import { enableUnits, forgetFailures, stopUnits } from '../systemd/system-control.ts';
import { releaseUnits } from '../systemd/units.ts';

/** SIGTERM, and SIGKILL to what is left after the grace time; they stay stopped when the machine starts again. */
export async function stop(): Promise<InstanceAnswer<'stop'>> {
  const installation = await readInstallation();
  const units = releaseUnits(installation);
  await enableUnits(units, false);
  await stopUnits(units);
  await forgetFailures(units);
  return { processes: await processStatuses(installation) };
}
