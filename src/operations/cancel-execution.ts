import { findExecution } from '../stages/stage-context.ts';
import type { OperationPorts } from './ports.ts';

/**
 * Asks a running execution to stop; what it made is cleaned up. Does nothing when it has ended.
 * @throws {HiveMindError} ExecutionNotFound
 */
export async function cancelExecution(
  ports: OperationPorts,
  executionId: string,
  actor: string,
): Promise<void> {
  const execution = await findExecution(ports.store, executionId);
  if (execution.status !== 'RUNNING') return;
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId,
    actor,
    type: 'execution.cancel-requested',
    message: `${actor} cancelled the ${execution.workflow}`,
    data: {},
  });
  await ports.runner.cancel(executionId);
}
