import type { Execution } from '../../../domain/execution.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';

/** The event that whoever follows an execution waits for. The execution has its end on record already. */
export async function appendEnd(
  store: DeploymentStore,
  execution: Execution,
  reason?: string,
): Promise<void> {
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
