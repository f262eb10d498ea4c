import { asHiveMindError, HiveMindError, isErrorCode } from '../domain/errors.ts';
import { concernsDeployment, type Execution, type ExecutionStatus } from '../domain/execution.ts';
import { type Failure, failureFrom } from '../domain/failure.ts';
import { statusAfterFailure } from '../domain/stage.ts';
import { endFixes } from '../stages/end-fixes.ts';
import { endOpenStages } from '../stages/end-open-stages.ts';
import { type GiveBackPorts, giveBack } from './give-back.ts';
import { isOvertaken } from './overtaken.ts';
import type { RecordPorts } from './ports.ts';

/** How the workflow engine says that a workflow ended. */
export const WORKFLOW_OUTCOMES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type WorkflowOutcome = (typeof WORKFLOW_OUTCOMES)[number];

export interface WorkflowEnd {
  readonly executionId: string;
  readonly outcome: WorkflowOutcome;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Name and text of the error that ended it, if one did. */
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/**
 * Puts the end of a workflow on record: status, the reason when the Medic could not write one down, the event that whoever follows
 * the execution waits for. Gives the lock back, and the traffic that a workflow was moving when it was stopped from outside.
 * Safe to call twice.
 * @returns the execution; undefined when there is none, such as for an order that was refused
 * @throws what kept the traffic from going back, when everything else is on record: call again
 */
export async function settleExecution(
  ports: GiveBackPorts,
  end: WorkflowEnd,
): Promise<Execution | undefined> {
  const execution = await ports.store.findExecution(end.executionId);
  if (!execution) return undefined;
  if (execution.status === 'SUCCEEDED' && end.outcome !== 'SUCCEEDED') {
    // A later run in Step Functions has the name of one that went well long ago: it is not this one.
    await ports.store.releaseLock(execution.deploymentId, execution.id);
    return execution;
  }
  const status = statusOf(execution, end.outcome);
  // First the status: a task that still runs moves no more traffic once it sees it.
  await recordOutcome(ports, execution, status, end);
  try {
    if (status !== 'SUCCEEDED') await giveBack(ports, execution);
  } finally {
    await ports.store.releaseLock(execution.deploymentId, execution.id);
  }
  return execution;
}

async function recordOutcome(
  ports: RecordPorts,
  execution: Execution,
  status: ExecutionStatus,
  end: WorkflowEnd,
): Promise<void> {
  const unexplained = status === 'SUCCEEDED' || execution.failure ? undefined : unexplainedEnd(end);
  const failure = unexplained && failureFrom(unexplained, null, end.at);
  if (execution.status !== status || execution.endedAt === null || failure) {
    await ports.store.updateExecution(execution.id, {
      status,
      endedAt: execution.endedAt ?? end.at,
      failure: status === 'SUCCEEDED' ? undefined : (failure ?? execution.failure),
    });
  }
  if (failure) await failDeployment(ports, execution, failure);
  const reason = failure ?? execution.failure;
  if (reason && status !== 'SUCCEEDED') {
    await endOpenStages(ports, execution, { stage: reason.stage, detail: reason });
  }
  await endFixes(ports, { ...execution, failure: reason }, status === 'SUCCEEDED');
  await recordEnd(ports, execution, status, reason);
}

/** The end of an execution that the workflow engine did not take: nothing of it ever ran, and what is live stays as it is. */
export async function settleNotStarted(
  ports: RecordPorts,
  execution: Execution,
  reason: unknown,
): Promise<void> {
  const failure = failureFrom(asHiveMindError(reason), null, ports.clock.now());
  await ports.store.updateExecution(execution.id, { status: 'FAILED', endedAt: failure.at, failure });
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (deployment && deployment.liveRelease === undefined) await failDeployment(ports, execution, failure);
  await recordEnd(ports, execution, 'FAILED', failure);
  await ports.store.releaseLock(execution.deploymentId, execution.id);
}

function statusOf({ cancelRequested }: Execution, outcome: WorkflowOutcome): ExecutionStatus {
  if (outcome === 'SUCCEEDED') return 'SUCCEEDED';
  return cancelRequested ? 'CANCELLED' : 'FAILED';
}

/** Why a workflow ended that had no time to say so itself. */
function unexplainedEnd({ outcome, error = '', cause = '' }: WorkflowEnd): HiveMindError {
  const left =
    'what it had begun is still there: run the same command again, which goes on with it, or destroy the deployment';
  if (outcome === 'ABORTED')
    return new HiveMindError('Cancelled', 'the workflow was stopped from outside', { hint: left });
  if (outcome === 'TIMED_OUT')
    return new HiveMindError('StageTimedOut', 'the workflow took longer than it may', { hint: left });
  const code = isErrorCode(error) ? error : 'InternalError';
  const text = [error, cause.slice(0, 500)].filter(Boolean).join(': ');
  return new HiveMindError(code, `the workflow failed: ${text || 'it did not say why'}`, { hint: left });
}

/** A deployment that somebody else has begun to change is theirs, and what is live does not depend on a colour that is removed. */
async function failDeployment(ports: RecordPorts, execution: Execution, failure: Failure): Promise<void> {
  if (!concernsDeployment(execution)) return;
  const { deploymentId, id: executionId } = execution;
  const deployment = await ports.store.findDeployment(deploymentId);
  if (!deployment || (await isOvertaken(ports, execution))) return;
  const status = statusAfterFailure(execution.workflow);
  await ports.store.updateDeployment(deploymentId, { status, failure });
  if (deployment.status === status) return;
  await ports.store.appendEvent({
    deploymentId,
    executionId,
    actor: 'hivemind',
    type: 'deployment.status-changed',
    message: `${deployment.status} to ${status}: ${failure.code}: ${failure.message}`,
    data: { from: deployment.status, to: status },
  });
}

async function recordEnd(
  ports: RecordPorts,
  { id: executionId, deploymentId, workflow }: Execution,
  status: ExecutionStatus,
  failure: Failure | undefined,
): Promise<void> {
  const events = await ports.store.listEvents({ executionId });
  if (events.some(({ type }) => type === 'execution.finished')) return;
  await ports.store.appendEvent({
    deploymentId,
    executionId,
    actor: 'hivemind',
    type: 'execution.finished',
    message:
      status === 'SUCCEEDED' ? `${workflow} succeeded` : `${workflow} ended: ${failure?.message ?? status}`,
    data: { status },
  });
}
