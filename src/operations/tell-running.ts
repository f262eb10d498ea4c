import type { DeploymentStore } from '../ports/deployment-store.ts';

/** Puts a warning into the history of everything that runs, where whoever follows it sees it. Returns how many were told. */
export async function tellRunning(
  store: Pick<DeploymentStore, 'listExecutions' | 'appendEvent'>,
  actor: string,
  message: string,
): Promise<number> {
  const running = await store.listExecutions({ status: 'RUNNING' });
  for (const { id, deploymentId } of running) {
    await store.appendEvent({ deploymentId, executionId: id, actor, type: 'warning', message, data: {} });
  }
  return running.length;
}
