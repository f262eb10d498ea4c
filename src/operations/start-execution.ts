import { HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { WorkflowRunner } from '../ports/workflow-runner.ts';

/** Ports that every operation needs. */
export interface OperationPorts {
  readonly store: DeploymentStore;
  readonly runner: WorkflowRunner;
  readonly clock: Clock;
}

/** Long enough to start a workflow, which then renews the lock itself. */
const START_LEASE_SECONDS = 30;

/**
 * Takes the deployment's lock for the execution and starts it; the workflow keeps the lock and gives it back at its end.
 * @throws {HiveMindError} DeploymentBusy: names who holds it
 */
export async function holdLock(
  ports: OperationPorts,
  execution: Execution,
  start: () => Promise<void>,
): Promise<void> {
  const { deploymentId, id } = execution;
  const held = await ports.store.acquireLock(deploymentId, id, START_LEASE_SECONDS);
  if (held) throw await deploymentBusy(ports, execution);
  try {
    await start();
  } catch (error) {
    await ports.store.releaseLock(deploymentId, id);
    throw error;
  }
}

/** Stores the execution, writes down who asked for it, and hands it to the workflow engine. */
export async function startExecution(
  ports: OperationPorts,
  execution: Execution,
  message: string,
): Promise<void> {
  await ports.store.createExecution(execution);
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: execution.actor,
    type: 'execution.started',
    message,
    data: { workflow: execution.workflow },
  });
  await ports.runner.start(execution.workflow, execution.id, execution.deploymentId);
}

/** Who is changing the deployment of this execution, as an error. */
export async function deploymentBusy(ports: OperationPorts, execution: Execution): Promise<HiveMindError> {
  const lock = await ports.store.findLock(execution.deploymentId);
  const holder = lock && (await ports.store.findExecution(lock.owner));
  const who = holder
    ? `${holder.workflow} ${holder.id}, started by ${holder.actor} at ${holder.startedAt}`
    : 'another command';
  const name = execution.deploymentName;
  return new HiveMindError('DeploymentBusy', `"${name}" is being changed by ${who}`, {
    hint: `wait for it (hivemind status ${name}) and run the command again`,
  });
}
