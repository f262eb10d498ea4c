import type { Deployment } from '../../src/domain/deployment.ts';
import { type Execution, wentLive } from '../../src/domain/execution.ts';
import { stackName } from '../../src/domain/stack.ts';
import { snapshotOutput } from '../../src/stages/outputs.ts';
import { type AgentCall, findOutput } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';

/**
 * Once the database is gone: the copy that the platform made as it removed it goes when HiveMind has made its own, when none is
 * wanted, or when nothing was ever live on it. In any other case it is the only one. Returns false while that goes on.
 */
export async function removeFinalSnapshot(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<boolean> {
  const copy = await copyInstead(ports, execution);
  const databaseStack = stackName(execution.deploymentId, 'database');
  if (copy === undefined || (await ports.stacks.describe(databaseStack))) return true;
  return await ports.snapshots.removeFinal({ databaseStack, since: execution.startedAt, copy }, call);
}

/** Location of the snapshot that this execution has made; null when none is needed, undefined when there is none. */
async function copyInstead(ports: JanitorPorts, execution: Execution): Promise<string | null | undefined> {
  if (execution.workflow === 'destroy' && !execution.settings.snapshot) return null;
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (deployment && !(await hasBeenLive(ports, deployment))) return null;
  return (await findOutput(ports.store, execution.id, 'snapshot', snapshotOutput))?.locations[0];
}

/** A destroy that was interrupted takes the live colour off the record and leaves the data: a failed deploy may not take that. */
export async function hasBeenLive(
  { store }: JanitorPorts,
  { id, liveColor, liveExecution }: Deployment,
): Promise<boolean> {
  if (liveColor || liveExecution !== undefined) return true;
  const executions = await store.listExecutions({ deploymentId: id, status: 'SUCCEEDED' });
  return executions.some(wentLive);
}
