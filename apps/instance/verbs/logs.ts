import type { InstanceAnswer, ParsedInstancePayload } from '../../../src/contracts/instance-program.ts';
import { readInstallation } from '../installation.ts';
import { startMark, tailOf } from '../log-tail.ts';
import { logOf } from '../places.ts';
import { processStatuses } from '../processes.ts';
import { InstanceFailure } from '../program-failure.ts';
import { installedRedaction } from '../redaction.ts';
import { unitOf } from '../systemd/units.ts';

/** The last lines of one process since it was last asked to start. */
export async function logs(payload: ParsedInstancePayload<'logs'>): Promise<InstanceAnswer<'logs'>> {
  const installation = await readInstallation();
  const statuses = await processStatuses(installation);
  const ailing = statuses.find(({ state }) => state === 'failed' || state === 'backing-off');
  const name = payload.process ?? (ailing ?? statuses[0])?.name ?? '';
  if (!statuses.some((process) => process.name === name)) {
    throw new InstanceFailure(`the release has no process "${name}"`);
  }
  const redact = await installedRedaction(installation);
  const lines = await tailOf(logOf(unitOf(name)), payload.lines, redact, { mark: startMark(name) });
  return { lines: [...lines] };
}
