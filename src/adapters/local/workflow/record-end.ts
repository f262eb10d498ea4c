import type { HiveMindError } from '../../../domain/errors.ts';
import { concernsDeployment, type Execution, type ExecutionStatus } from '../../../domain/execution.ts';
import { failureDetail, failureFrom } from '../../../domain/failure.ts';
import { statusAfterFailure } from '../../../domain/stage.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import { endFixes } from '../../../stages/end-fixes.ts';
import { endOpenStages } from '../../../stages/end-open-stages.ts';

interface EndPorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
}

/** The end of an execution: of what is still open in it, its status, and the event that it has ended. */
export async function recordEnd(
  ports: EndPorts,
  executionId: string,
  failure: HiveMindError | undefined,
): Promise<void> {
  const { store, clock } = ports;
  const execution = await store.findExecution(executionId);
  if (!execution) return;
  if (failure) await endOpenStages(ports, execution, { stage: null, detail: failureDetail(failure) });
  const status = statusOf(execution, failure);
  await endFixes(ports, execution, status === 'SUCCEEDED');
  await store.updateExecution(executionId, { status, endedAt: clock.now() });
  await appendEnd(store, { ...execution, status }, execution.failure?.message ?? failure?.message);
}

function statusOf({ cancelRequested }: Execution, failure: HiveMindError | undefined): ExecutionStatus {
  if (!failure) return 'SUCCEEDED';
  return cancelRequested ? 'CANCELLED' : 'FAILED';
}

/** The end of an execution whose workflow could not even fail in its own way. */
export async function recordBreakdown(
  ports: EndPorts,
  executionId: string,
  error: HiveMindError,
): Promise<void> {
  const { store, clock } = ports;
  const execution = await store.findExecution(executionId);
  if (!execution) return;
  const failure = failureFrom(error, null, clock.now());
  await store.updateExecution(executionId, { failure });
  const deployment = await store.findDeployment(execution.deploymentId);
  const isTheirs = error.code === 'DeploymentBusy';
  if (deployment && !isTheirs && concernsDeployment(execution)) {
    await store.updateDeployment(deployment.id, { status: statusAfterFailure(execution.workflow), failure });
  }
  await recordEnd(ports, executionId, error);
}

/** The event that whoever follows an execution waits for. The execution has its end on record already. */
async function appendEnd(store: DeploymentStore, execution: Execution, reason?: string): Promise<void> {
  const { id: executionId, deploymentId, workflow, status } = execution;
  await store.appendEvent({
    deploymentId,
    executionId,
    actor: 'hivemind',
    type: 'execution.finished',
    message: status === 'SUCCEEDED' ? `${workflow} succeeded` : `${workflow} ended: ${reason ?? status}`,
    data: { status },
  });
}

/** Completes what a server that died between an end and its event left: the event, and the lock. */
export async function completeEnds(store: DeploymentStore): Promise<void> {
  const newest = new Map<string, Execution>();
  for (const execution of await store.listExecutions({})) {
    if (!newest.has(execution.deploymentId)) newest.set(execution.deploymentId, execution);
  }
  for (const execution of newest.values()) {
    if (execution.status === 'RUNNING') continue;
    const events = await store.listEvents({ executionId: execution.id });
    if (events.some(({ type }) => type === 'execution.finished')) continue;
    await appendEnd(store, execution, execution.failure?.message);
    await store.releaseLock(execution.deploymentId, execution.id);
  }
}
