import type * as z from 'zod';
import { HiveMindError } from '../domain/errors.ts';
import {
  type DestroyExecution,
  type Execution,
  executionNotFound,
  isSwap,
  type ReleaseExecution,
  type RestoreExecution,
  type RetireExecution,
} from '../domain/execution.ts';
import { STAGES, type StageName } from '../domain/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** What every agent is given besides its event. */
export interface AgentCall {
  /** How long an agent may wait for work in progress before it answers that it is not finished. */
  readonly patienceSeconds: number;
  /**
   * When the caller began to wait for this task's work, if it waits for all of it in one call. Absent where a workflow
   * calls again and again: the time is then that of the stage.
   */
  readonly startedAt?: string | undefined;
  /** Aborted when the execution is cancelled or the task has run out of time. */
  readonly signal: AbortSignal;
  /** Aborted when this call may begin nothing new any more; absent where nobody forgets a call. */
  readonly tooLate?: AbortSignal;
}

/** An agent: one task of a workflow in, a small JSON answer out. */
export type Agent = (event: unknown, call: AgentCall) => Promise<TaskAnswer>;

/** What a workflow sees of a stage. Everything else is in the store. */
export interface TaskAnswer {
  /** False: work is still in progress, call again. */
  readonly finished: boolean;
  readonly [fact: string]: string | number | boolean | null;
}

/** Ports that every agent needs. */
export interface StagePorts {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'log'>;
}

/** Also one that is cancelled: for what has to happen all the same. @throws {HiveMindError} ExecutionNotFound */
export async function findExecution(store: DeploymentStore, executionId: string): Promise<Execution> {
  const execution = await store.findExecution(executionId);
  if (execution) return execution;
  throw executionNotFound(executionId);
}

async function openExecution(store: DeploymentStore, executionId: string): Promise<Execution> {
  const execution = await findExecution(store, executionId);
  if (execution.cancelRequested) throw cancelledByOperator();
  return execution;
}

export const cancelledByOperator = (): HiveMindError =>
  new HiveMindError('Cancelled', 'the operator cancelled the work', {
    hint: 'start it again when you want it: finished stages are not repeated',
  });

/** Also a what-if. @throws {HiveMindError} ExecutionNotFound, Cancelled, InternalError: it runs another workflow */
export async function openReleaseExecution(store: DeploymentStore, id: string): Promise<ReleaseExecution> {
  const execution = await openExecution(store, id);
  if (execution.workflow === 'deploy' || isSwap(execution)) return execution;
  throw wrongWorkflow(execution);
}

/** @throws {HiveMindError} ExecutionNotFound, Cancelled, InternalError: it runs another workflow */
export async function openRestoreExecution(store: DeploymentStore, id: string): Promise<RestoreExecution> {
  const execution = await openExecution(store, id);
  if (execution.workflow === 'rollback' || execution.workflow === 'upgrade') return execution;
  throw wrongWorkflow(execution);
}

/** @throws {HiveMindError} ExecutionNotFound, Cancelled, InternalError: it runs another workflow */
export async function openRetireExecution(store: DeploymentStore, id: string): Promise<RetireExecution> {
  const execution = await openExecution(store, id);
  if (execution.workflow === 'retire') return execution;
  throw wrongWorkflow(execution);
}

/** @throws {HiveMindError} ExecutionNotFound, Cancelled, InternalError: it runs another workflow */
export async function openDestroyExecution(store: DeploymentStore, id: string): Promise<DestroyExecution> {
  const execution = await openExecution(store, id);
  if (execution.workflow === 'destroy') return execution;
  throw wrongWorkflow(execution);
}

const wrongWorkflow = (execution: Execution): HiveMindError =>
  new HiveMindError('InternalError', `execution "${execution.id}" runs the workflow ${execution.workflow}`, {
    hint: 'a state machine calls the wrong agent: compare it with state-machines/README.md',
  });

/** The output of an earlier stage of this execution; undefined when that stage did not run. */
export async function findOutput<T>(
  store: DeploymentStore,
  executionId: string,
  stage: StageName,
  shape: z.ZodType<T>,
): Promise<T | undefined> {
  const runs = await store.listStageRuns(executionId);
  const run = runs.find((candidate) => candidate.stage === stage && candidate.status === 'SUCCEEDED');
  return run?.output ? shape.parse(run.output) : undefined;
}

/** @throws {HiveMindError} InternalError: the stage did not run before */
export async function requireOutput<T>(
  store: DeploymentStore,
  executionId: string,
  stage: StageName,
  shape: z.ZodType<T>,
): Promise<T> {
  const output = await findOutput(store, executionId, stage, shape);
  if (output !== undefined) return output;
  throw new HiveMindError('InternalError', `the result of the stage "${stage}" is missing`, {
    hint: `a state machine calls ${STAGES[stage].agent} too late: compare it with state-machines/README.md`,
  });
}
