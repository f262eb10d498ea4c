import type { Deployment } from '../../src/domain/deployment.ts';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { wentLive } from '../../src/domain/execution.ts';
import type { JanitorPorts } from './ports.ts';

const ALL_BUT_ENDED_STAGES = EVENT_TYPES.filter((type) => type !== 'stage.finished');

/** Whether a release has ever had traffic, also of a deploy that failed afterwards and was never on record as live. */
export async function hasServed(ports: JanitorPorts, deploymentId: string): Promise<boolean> {
  const deployment = await ports.store.findDeployment(deploymentId);
  if (deployment && (await hasBeenLive(ports, deployment))) return true;
  const ended = await ports.store.listEvents({ deploymentId, without: ALL_BUT_ENDED_STAGES });
  return ended.some(({ data }) => data['stage'] === 'release');
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
