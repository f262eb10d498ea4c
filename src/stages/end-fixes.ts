import { concernsDeployment, type Execution, isRelease } from '../domain/execution.ts';
import type { Fix } from '../domain/fix.ts';
import { withoutChange } from '../domain/settings-change.ts';
import { statusAfterFailure } from '../domain/stage.ts';
import type { StagePorts } from './stage-context.ts';
import { setStatus } from './status.ts';
import { concludeFix } from './validate-fix.ts';

type EndPorts = Pick<StagePorts, 'store'>;

/**
 * Leaves no fix of an ended execution undecided: what was not applied is not any more, what was applied has helped or is taken back.
 * A deployment that was waiting for one of them waits no longer. Safe to call twice.
 */
export async function endFixes(ports: EndPorts, execution: Execution, succeeded: boolean): Promise<void> {
  const fixes = await ports.store.listFixes(execution.id);
  for (const fix of fixes.toReversed()) {
    if (fix.status === 'PROPOSED' || fix.status === 'APPROVED') {
      await ports.store.changeFix(execution.id, fix.id, fix.status, { status: 'CANCELLED' });
    } else if (fix.status === 'APPLIED') {
      const end = execution.cancelRequested ? 'CANCELLED' : 'FAILED';
      await (succeeded ? concludeFix(ports, fix, 'VALIDATED') : takeBackFix(ports, fix, end));
    }
  }
  if (!succeeded) await endWaiting(ports, execution);
}

/** Puts a fix on record that did not help; its settings are as they were before it, where nothing newer has taken their place. */
export async function takeBackFix(
  ports: EndPorts,
  fix: Fix,
  status: 'FAILED' | 'CANCELLED' = 'FAILED',
): Promise<void> {
  const execution = await ports.store.findExecution(fix.executionId);
  if (execution && isRelease(execution)) {
    const settings = withoutChange(execution.settings, fix.change, fix.before);
    await ports.store.updateExecution(execution.id, { settings });
  }
  await concludeFix(ports, fix, status);
}

async function endWaiting(ports: EndPorts, execution: Execution): Promise<void> {
  if (!concernsDeployment(execution)) return;
  const { deploymentId, workflow, failure } = execution;
  const deployment = await ports.store.findDeployment(deploymentId);
  if (deployment?.status !== 'AWAITING_FIX' && deployment?.status !== 'FIXING') return;
  const lock = await ports.store.findLock(deploymentId);
  if (lock && lock.owner !== execution.id) return;
  const reason = failure ? `${failure.code}: ${failure.message}` : `the ${workflow} has ended`;
  await setStatus(ports, execution, 'medic', statusAfterFailure(workflow), reason);
}
