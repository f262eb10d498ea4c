import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { type Execution, executionNotFound, isPreview } from '../../../domain/execution.ts';
import type { AgentName } from '../../../domain/stage.ts';
import { secondsBetween } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import { type Agent, cancelledByOperator, type TaskAnswer } from '../../../stages/stage-context.ts';
import { inSubsegment, logger, metrics, tracer } from './observability.ts';

/** Long work is started here and looked at again by the next call of the workflow: a Lambda does not sleep. */
const PATIENCE_SECONDS = 2;
/**
 * Within this time of a call AWS has accepted what is new, or the workflow calls again, and that call looks first whether the execution still
 * goes on. Whoever cleans up waits a little longer for what a forgotten call may begin (`ABANDONED_TASK_SECONDS` of the Janitor).
 */
const BEGINNING_MILLISECONDS = 10_000;

/** What remains of a function's time for writing down that it ran out. */
const RESERVE_MILLISECONDS = 5_000;

/** Longer than any task may take and than the workflow waits between two, so that only a dead execution loses its lock. */
const LEASE_SECONDS = 1_200;

/** How long one attempt may begin new work, from its start or from the fix that it began again with; then it has failed. */
export const LATEST_START_SECONDS = 6_000;

/** Agents that come after a failure, and the one that removes: nothing is gained by keeping them from it. */
const UNTIL_THE_END: readonly string[] = ['medic', 'janitor'] satisfies readonly AgentName[];

export interface AgentHandlerPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly store: Pick<DeploymentStore, 'findExecution' | 'acquireLock'>;
  readonly telemetry: Pick<Telemetry, 'flush'>;
}

const taskInput = z.object({ executionId: z.string().min(1) });

export type AgentFunction = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<TaskAnswer>;

/**
 * An agent as a Lambda function. What it throws keeps its name, which is what `ErrorEquals` of the workflow matches. Every log
 * line carries the deployment, the execution and the agent.
 */
export const agentHandler =
  (agent: Agent, ports: AgentHandlerPorts): AgentFunction =>
  async (event, context) => {
    metrics.captureColdStartMetric();
    const overdue = new AbortController();
    const reserve = context.getRemainingTimeInMillis() - RESERVE_MILLISECONDS;
    const timer = setTimeout(() => overdue.abort(), Math.max(0, reserve));
    try {
      const tooLate = AbortSignal.timeout(BEGINNING_MILLISECONDS);
      const call = { patienceSeconds: PATIENCE_SECONDS, signal: overdue.signal, tooLate };
      const answer = await inSubsegment('## task', async () => {
        refuseTooLate(ports, await claim(ports, event));
        logger.info('task begins', { event: JSON.stringify(event, withoutToken).slice(0, 500) });
        return agent(event, call);
      });
      logger.info('task answers', { answer });
      metrics.addMetric(answer.finished ? 'TasksFinished' : 'TasksInProgress', MetricUnit.Count, 1);
      return answer;
    } catch (thrown) {
      throw reported(thrown);
    } finally {
      clearTimeout(timer);
      await ports.telemetry.flush();
      metrics.publishStoredMetrics();
      logger.resetKeys();
    }
  };

/** Whoever has the token of a question may answer it. */
const withoutToken = (key: string, value: unknown): unknown => (key === 'taskToken' ? 'hidden' : value);

/** Renews the lock of the execution for this task. @throws {HiveMindError} ExecutionNotFound, DeploymentBusy */
async function claim({ store }: AgentHandlerPorts, event: unknown): Promise<Execution> {
  const input = taskInput.safeParse(event);
  if (!input.success) {
    throw new HiveMindError('InvalidInput', 'the task names no execution', {
      hint: 'start the workflow with {"source": "https://..."} or through the command line',
    });
  }
  const execution = await store.findExecution(input.data.executionId);
  if (!execution) throw executionNotFound(input.data.executionId);
  const { id, deploymentId } = execution;
  // A task that was on its way when the execution was stopped may not take the lock back.
  if (execution.status !== 'RUNNING') throw cancelledByOperator();
  logger.appendKeys({ deployment_id: deploymentId, execution_id: id });
  tracer.putAnnotation('deployment', deploymentId);
  const held = isPreview(execution) ? undefined : await store.acquireLock(deploymentId, id, LEASE_SECONDS);
  if (held === undefined) return execution;
  throw new HiveMindError('DeploymentBusy', `${held.owner} has taken over "${execution.deploymentName}"`, {
    hint: `wait for it (hivemind status ${execution.deploymentName}) and run the command again`,
  });
}

/** @throws {HiveMindError} StageTimedOut: an attempt that has gone on for so long does not get there any more */
function refuseTooLate({ clock }: AgentHandlerPorts, { startedAt, resumedAt }: Execution): void {
  if (UNTIL_THE_END.includes(process.env['POWERTOOLS_SERVICE_NAME'] ?? '')) return;
  const seconds = secondsBetween(resumedAt ?? startedAt, clock.now());
  if (seconds < LATEST_START_SECONDS) return;
  throw new HiveMindError(
    'StageTimedOut',
    `the workflow has worked for ${Math.floor(seconds / 60)} minutes and is too slow to go on`,
    { hint: 'run the same command again: finished stages are not repeated' },
  );
}

function reported(thrown: unknown): HiveMindError {
  const error = asHiveMindError(thrown);
  const { code, message: text, hint } = error;
  logger.error('task failed', { code, text, hint, error });
  metrics.addMetric('TasksFailed', MetricUnit.Count, 1);
  return error;
}
