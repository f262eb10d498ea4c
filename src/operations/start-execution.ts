import { HiveMindError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import { type Fix, isOpenQuestion } from '../domain/fix.ts';
import { frozen } from '../domain/freeze.ts';
import type { JsonObject } from '../domain/json.ts';
import type { OperationPorts, RecordPorts } from './ports.ts';
import { settleNotStarted } from './settle-execution.ts';

/** Long enough to start a workflow, which then renews the lock itself. */
const START_LEASE_SECONDS = 60;

/**
 * Takes the deployment's lock for the execution; the workflow keeps the lock and gives it back at its end.
 * @throws {HiveMindError} DeploymentBusy: names who holds it; Frozen
 */
export async function holdLock<T>(
  ports: RecordPorts,
  execution: Execution,
  record: () => Promise<T>,
): Promise<T> {
  const { deploymentId, id } = execution;
  const freeze = await ports.store.findFreeze();
  if (freeze) throw frozen(freeze);
  const held = await ports.store.acquireLock(deploymentId, id, START_LEASE_SECONDS);
  if (held) throw await deploymentBusy(ports, execution);
  try {
    return await record();
  } catch (error) {
    await ports.store.releaseLock(deploymentId, id);
    throw error;
  }
}

/** Stores the execution and writes down who asked for it. */
export async function recordExecution(
  ports: RecordPorts,
  execution: Execution,
  message: string,
  data: JsonObject = {},
): Promise<void> {
  await ports.store.createExecution(execution);
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: execution.actor,
    type: 'execution.started',
    message,
    data: { workflow: execution.workflow, ...data },
  });
}

/** Hands an execution on record to the workflow engine. One that it does not take has ended, and its lock is free. */
export async function startRecorded(ports: OperationPorts, execution: Execution): Promise<void> {
  try {
    await ports.runner.start(execution.workflow, execution.id, execution.deploymentId);
  } catch (error) {
    await settleNotStarted(ports, execution, error);
    throw error;
  }
}

/** Who is changing the deployment of this execution, as an error. */
export async function deploymentBusy(
  ports: RecordPorts,
  execution: Pick<Execution, 'deploymentId' | 'deploymentName'>,
): Promise<HiveMindError> {
  const lock = await ports.store.findLock(execution.deploymentId);
  const holder = lock && (await ports.store.findExecution(lock.owner));
  const who = holder
    ? `${holder.workflow} ${holder.id}, started by ${holder.actor} at ${holder.startedAt}`
    : 'another command';
  const name = execution.deploymentName;
  const [question] = holder ? (await ports.store.listFixes(holder.id)).filter(isOpenQuestion) : [];
  if (question) return waitsForAnswer(question);
  return new HiveMindError('DeploymentBusy', `"${name}" is being changed by ${who}`, {
    hint: `wait for it (hivemind status ${name}) and run the command again`,
  });
}

/** A workflow that stands still until its operator has answered. */
export const waitsForAnswer = ({ id, deploymentName, does }: Fix): HiveMindError =>
  new HiveMindError(
    'DeploymentBusy',
    `"${deploymentName}" waits for your answer to a proposed fix: ${does}`,
    {
      hint: `answer first: hivemind approve ${id}, or hivemind reject ${id}`,
    },
  );
