import type { Execution } from '../../src/domain/execution.ts';
import type { JanitorPorts } from './ports.ts';

/** Says in the history what has become of a resource. */
export async function recordRemoval(
  ports: JanitorPorts,
  execution: Execution,
  type: string,
  id: string,
  result: string,
): Promise<void> {
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: 'janitor',
    type: 'resource.removed',
    message: `${type} ${id}: ${result}`,
    data: { type, id, result },
  });
}
