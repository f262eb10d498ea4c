import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceAnswer, ParsedInstancePayload } from '../../../src/contracts/instance-program.ts';
import { systemErrorCode } from '../../../src/domain/errors.ts';
import { type Installation, readInstallation } from '../installation.ts';
import { tailOf } from '../log-tail.ts';
import { COMMAND_LOG, PLACES } from '../places.ts';
import { type RecordedExit, readExit } from '../processes.ts';
import { installedRedaction } from '../redaction.ts';
import { reloadUnits, startUnits, unitStates } from '../systemd/system-control.ts';
import { commandId, commandUnit, oneOffUnit } from '../systemd/units.ts';

const LOOK_MILLISECONDS = 200;
const LOG_TAIL_LINES = 50;
/** What a command is said to have ended by whose end nobody has seen: the machine was started again beneath it. */
const LOST: RecordedExit = { code: null, signal: 'SIGKILL', at: '', result: 'lost' };

/** Runs a command of the application once, beside it; whoever calls again with the same token waits for the same run. */
export async function run(payload: ParsedInstancePayload<'run'>): Promise<InstanceAnswer<'run'>> {
  const installation = await readInstallation();
  const id = commandId(payload.token);
  if (!(await exists(`${PLACES.runs}/${id}/begun`))) await begin(installation, id, payload);
  const exit = await endWithin(id, payload.patienceSeconds);
  return exit === null ? { finished: false } : ended(installation, id, exit);
}

async function begin(
  installation: Installation,
  id: string,
  { command, timeoutSeconds }: ParsedInstancePayload<'run'>,
): Promise<void> {
  await mkdir(`${PLACES.runs}/${id}`, { recursive: true });
  await mkdir(PLACES.transientUnits, { recursive: true });
  await onlyOnce(`${PLACES.runs}/${id}/offset`, String(await sizeOf(COMMAND_LOG)));
  await writeFile(
    `${PLACES.transientUnits}/${commandUnit(id)}`,
    oneOffUnit(installation, command, { id, timeoutSeconds }),
  );
  await reloadUnits();
  await startUnits([commandUnit(id)]);
}

async function endWithin(id: string, patienceSeconds: number): Promise<RecordedExit | null> {
  const deadline = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const exit = await endOf(id);
    if (exit !== null || performance.now() >= deadline) return exit;
    await sleep(LOOK_MILLISECONDS);
  }
}

async function endOf(id: string): Promise<RecordedExit | null> {
  const unit = commandUnit(id);
  const runs = ['active', 'activating', 'deactivating', 'reloading'];
  const isAlive = runs.includes((await unitStates([unit])).get(unit)?.active ?? '');
  // Read after the state: the record is written before the unit is over.
  const exit = await readExit(`${PLACES.runs}/${id}/end`);
  return exit ?? (isAlive ? null : LOST);
}

async function ended(
  installation: Installation,
  id: string,
  exit: RecordedExit,
): Promise<InstanceAnswer<'run'>> {
  const from = Number(await readFile(`${PLACES.runs}/${id}/offset`, 'utf8'));
  const redact = await installedRedaction(installation);
  const logTail = await tailOf(COMMAND_LOG, LOG_TAIL_LINES, redact, { from });
  const timedOut = exit.result === 'timeout';
  return { finished: true, exitCode: exit.code, signal: exit.signal, timedOut, logTail: [...logTail] };
}

async function onlyOnce(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
}

const sizeOf = async (file: string): Promise<number> => (await found(file))?.size ?? 0;
const exists = async (file: string): Promise<boolean> => (await found(file)) !== undefined;

async function found(file: string): Promise<{ readonly size: number } | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
