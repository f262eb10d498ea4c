import type { DeploymentStatus } from '../domain/deployment.ts';
import type { Execution } from '../domain/execution.ts';
import type { AgentName } from '../domain/stage.ts';
import type { StagePorts } from './stage-context.ts';

/** Changes the status of a deployment and writes down who did it and why; nothing happens when it has that status. */
export async function setStatus(
  ports: Pick<StagePorts, 'store'>,
  execution: Pick<Execution, 'id' | 'deploymentId'>,
  actor: AgentName,
  status: DeploymentStatus,
  reason: string,
): Promise<void> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (!deployment || deployment.status === status) return;
  await ports.store.updateDeployment(deployment.id, { status });
  await ports.store.appendEvent({
    deploymentId: deployment.id,
    executionId: execution.id,
    actor,
    type: 'deployment.status-changed',
    message: `${deployment.status} to ${status}: ${reason}`,
    data: { from: deployment.status, to: status },
  });
}
