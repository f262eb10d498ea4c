import { isRelease, type ReleaseExecution } from '../domain/execution.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';

/**
 * The executions whose results and settings count for what is live, newest first: those that ended well, and the one whose release
 * became live and that failed after that.
 */
export async function liveExecutions(
  store: Pick<DeploymentStore, 'findDeployment' | 'listExecutions'>,
  deploymentId: string,
): Promise<readonly ReleaseExecution[]> {
  const live = (await store.findDeployment(deploymentId))?.liveExecution;
  const executions = (await store.listExecutions({ deploymentId })).filter(isRelease);
  return executions.filter(({ id, status }) => status === 'SUCCEEDED' || id === live);
}
