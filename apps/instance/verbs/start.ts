import { appendFile, rm } from 'node:fs/promises';
import type { InstanceAnswer } from '../../../src/contracts/instance-program.ts';
import { forwardedPort } from '../forwarding.ts';
import { readInstallation } from '../installation.ts';
import { startMark } from '../log-tail.ts';
import { logOf } from '../places.ts';
import { processStatuses } from '../processes.ts';
import { enableUnits, forgetFailures, startUnits } from '../systemd/system-control.ts';
import { exitRecord, FORWARD_UNIT, releaseUnits, unitOf } from '../systemd/units.ts';

/** Starts what does not run and keeps all running, also after the machine has started again. */
export async function start(): Promise<InstanceAnswer<'start'>> {
  const installation = await readInstallation();
  const statuses = await processStatuses(installation);
  const idle = statuses.filter(({ state }) => state !== 'running').map(({ name }) => name);
  await enableUnits(releaseUnits(installation), true);
  for (const name of idle) {
    await rm(exitRecord(unitOf(name)), { force: true });
    await appendFile(logOf(unitOf(name)), `${startMark(name)}\n`);
  }
  if (idle.length > 0) {
    await forgetFailures(idle.map(unitOf));
    await startUnits(idle.map(unitOf));
  }
  if (forwardedPort(installation) !== undefined) await startUnits([FORWARD_UNIT]);
  return { processes: await processStatuses(installation) };
}
