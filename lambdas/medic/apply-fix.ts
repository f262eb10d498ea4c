import { HiveMindError } from '../../src/domain/errors.ts';
import { type Execution, isRelease } from '../../src/domain/execution.ts';
import { type Fix, fixDigest } from '../../src/domain/fix.ts';
import { withChange } from '../../src/domain/settings-change.ts';
import type { ExecutionChange } from '../../src/ports/deployment-store.ts';
import { recordFixEvent } from '../../src/stages/record-fix-event.ts';
import { findExecution, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { announceFix } from './announce-fix.ts';
import { showFailure, showStatus } from './deployment-status.ts';
import type { MedicPorts } from './ports.ts';

/**
 * Changes what the fix names; the workflow begins again with it. What was agreed to is what is applied: its digest is made again.
 * @throws {HiveMindError} FixChanged, FixClosed: nobody has agreed to it
 */
export async function applyFix(ports: MedicPorts, executionId: string): Promise<TaskAnswer> {
  const { store } = ports;
  const execution = await findExecution(store, executionId);
  const fix = (await store.listFixes(executionId)).at(-1);
  if (!fix) throw notAgreed(execution.deploymentName);
  if (fix.status !== 'APPLIED') await change(ports, execution, fix);
  // Last, and also when it is called again: until then whoever gives up can say what had failed.
  await store.updateExecution(executionId, { failure: undefined });
  await showFailure(ports, execution, undefined);
  await showStatus(ports, execution, 'FIXING', fix.does);
  return { finished: true, pauseSeconds: fix.pauseSeconds };
}

async function change(ports: MedicPorts, execution: Execution, fix: Fix): Promise<void> {
  const { store, clock } = ports;
  const { id, deploymentName } = execution;
  const agreed = agreedStatus(fix);
  if (!agreed) throw notAgreed(deploymentName);
  if (fixDigest(id, fix.round, fix) !== fix.digest) throw changed(deploymentName);
  await announceFix(ports, fix);
  await store.updateExecution(id, { ...withFix(execution, fix), resumedAt: clock.now() });
  await record(ports, fix);
  await store.changeFix(id, fix.id, agreed, { status: 'APPLIED' });
}

const withFix = (execution: Execution, { change, values }: Fix): ExecutionChange =>
  isRelease(execution) ? { settings: { ...withChange(execution.settings, change), ...values } } : {};

const agreedStatus = ({ status, isAsked }: Fix): 'APPROVED' | 'PROPOSED' | undefined => {
  if (status === 'APPROVED') return status;
  return status === 'PROPOSED' && !isAsked ? status : undefined;
};

async function record(ports: MedicPorts, fix: Fix): Promise<void> {
  const { round, action, shown, answer } = fix;
  await recordFixEvent(ports, fix, {
    actor: answer?.by ?? 'medic',
    type: 'fix.applied',
    message: `applied: ${fix.does}`,
    data: { round, action, changes: shown.map((change) => ({ ...change })) },
  });
}

const notAgreed = (name: string): HiveMindError =>
  new HiveMindError('FixClosed', 'there is no fix that may be applied now', {
    hint: `hivemind status ${name} shows what was proposed, and what became of it`,
  });

const changed = (name: string): HiveMindError =>
  new HiveMindError('FixChanged', 'the fix on record is not the one that was agreed to, and is not applied', {
    hint: `look at hivemind history ${name}, then run hivemind retry ${name}`,
  });
