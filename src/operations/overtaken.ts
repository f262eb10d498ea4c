import { concernsDeployment, type Execution } from '../domain/execution.ts';
import type { RecordPorts } from './ports.ts';

/** Whether somebody else changes the deployment, or has changed it since: then how it is and what it gets is theirs to say. */
export async function isOvertaken(
  { store }: Pick<RecordPorts, 'store'>,
  { id, deploymentId }: Execution,
): Promise<boolean> {
  const lock = await store.findLock(deploymentId);
  if (lock && lock.owner !== id) return true;
  const executions = await store.listExecutions({ deploymentId });
  const newest = executions.find(concernsDeployment);
  return newest !== undefined && newest.id !== id;
}
