import type { StateMachine } from 'aws-local-stepfunctions';
import { asHiveMindError, HiveMindError } from '../../domain/errors.ts';
import type { EventType } from '../../domain/events.ts';
import {
  type Execution,
  type ExecutionStatus,
  isPreview,
  type WorkflowName,
} from '../../domain/execution.ts';
import { failureDetail } from '../../domain/failure.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { AgentName } from '../../domain/stage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import type { WorkflowRunner } from '../../ports/workflow-runner.ts';
import { endOpenStages } from '../../stages/end-open-stages.ts';
import { SERVER_STOPPING } from '../../stages/run-stage.ts';
import { type Agent, cancelledByOperator } from '../../stages/stage-context.ts';
import { appendEnd, completeEnds } from './workflow/record-end.ts';
import { RunningTasks } from './workflow/running-tasks.ts';
import { readStateMachine } from './workflow/state-machine.ts';

export interface LocalWorkflowRunnerOptions {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly agents: Readonly<Record<AgentName, Agent>>;
  /** Called when an execution has ended and its end is stored. */
  readonly onEnd?: (executionId: string) => void;
}

/** What can be ended of an execution: its tasks, and the interpreter once it runs. */
interface Work {
  readonly tasks: RunningTasks;
  abandon?: () => void;
}

type InterpreterRun = ReturnType<StateMachine['run']>;
type EventLog = InterpreterRun['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** Here the tasks wait for their work themselves, so that a Wait state has little left to wait for. */
const WAIT_MILLISECONDS = 100;

/** Between two attempts to store the end of an execution. */
const RECORD_RETRY_MILLISECONDS = 1_000;

/** How long a lock outlives a server that died; renewed three times within. */
const LEASE_SECONDS = 60;

const STATE_EVENTS: Partial<Record<EventLog['type'], EventType>> = {
  StateEntered: 'state.entered',
  StateExited: 'state.exited',
  StateRetried: 'state.retried',
  StateCaught: 'state.caught',
};

/** Runs the same ASL files as Step Functions, in an interpreter in this process. */
export class LocalWorkflowRunner implements WorkflowRunner {
  readonly #options: LocalWorkflowRunnerOptions;
  readonly #running = new Map<string, { work: Work; ended: Promise<void> }>();
  #closing = false;

  constructor(options: LocalWorkflowRunnerOptions) {
    this.#options = options;
  }

  async start(workflow: WorkflowName, executionId: string, deploymentId: string): Promise<void> {
    if (this.#running.has(executionId) || this.#closing) return;
    const work: Work = { tasks: new RunningTasks() };
    const ended = this.#executeToTheEnd(workflow, executionId, deploymentId, work).finally(() => {
      this.#running.delete(executionId);
      this.#options.onEnd?.(executionId);
    });
    this.#running.set(executionId, { work, ended });
  }

  isRunning(executionId: string): boolean {
    return this.#running.has(executionId);
  }

  async cancel(executionId: string): Promise<void> {
    await this.#options.store.updateExecution(executionId, { cancelRequested: true });
    await this.#running.get(executionId)?.work.tasks.abort(cancelledByOperator());
  }

  /** Starts again what a server that died left running; finished stages return their recorded results. */
  async resume(): Promise<void> {
    await completeEnds(this.#options.store);
    for (const execution of await this.#options.store.listExecutions({ status: 'RUNNING' })) {
      await this.#options.store.appendEvent({
        ...subject(execution),
        type: 'execution.resumed',
        message: 'the server started again and goes on with the workflow',
        data: {},
      });
      await this.start(execution.workflow, execution.id, execution.deploymentId);
    }
  }

  /** Ends the work without ending the executions: the next server resumes them. */
  async close(): Promise<void> {
    this.#closing = true;
    const running = [...this.#running.values()];
    for (const { work } of running) work.abandon?.();
    await Promise.all(running.map(({ work }) => work.tasks.leave(SERVER_STOPPING)));
    await Promise.all(running.map(({ ended }) => ended));
  }

  /** Whatever happens, also a disk that is full for a while, the execution gets its end on record. */
  async #executeToTheEnd(
    workflow: WorkflowName,
    executionId: string,
    deploymentId: string,
    work: Work,
  ): Promise<void> {
    try {
      return await this.#execute(workflow, executionId, deploymentId, work);
    } catch (thrown) {
      await work.tasks.leave(SERVER_STOPPING);
      let failure = asHiveMindError(thrown);
      while (!this.#closing) {
        try {
          return await this.#fail(executionId, deploymentId, failure);
        } catch (again) {
          failure = asHiveMindError(again);
          await this.#options.clock.sleep(RECORD_RETRY_MILLISECONDS);
        }
      }
    }
  }

  async #execute(
    workflow: WorkflowName,
    executionId: string,
    deploymentId: string,
    work: Work,
  ): Promise<void> {
    const { store } = this.#options;
    const keepLock = () => store.acquireLock(deploymentId, executionId, LEASE_SECONDS);
    const held = await keepLock();
    const execution = await store.findExecution(executionId);
    if (held && execution && !isPreview(execution)) throw overtaken(held.owner);
    // A renewal that fails is tried again at the next one; the lease spans three.
    const renewal = setInterval(() => void keepLock().catch(() => undefined), (LEASE_SECONDS * 1000) / 3);
    try {
      const failure = await this.#interpret(workflow, executionId, deploymentId, work);
      if (!this.#closing) await this.#end(executionId, failure);
    } finally {
      clearInterval(renewal);
      if (!this.#closing) await store.releaseLock(deploymentId, executionId);
    }
  }

  /** Runs the state machine to its end; returns why it failed, if it did. */
  async #interpret(
    workflow: WorkflowName,
    executionId: string,
    deploymentId: string,
    work: Work,
  ): Promise<HiveMindError | undefined> {
    const { definition, tasks: states, waits } = await readStateMachine(workflow);
    const interpreter: typeof StateMachine = (await import('aws-local-stepfunctions')).StateMachine;
    const machine = new interpreter(definition, { validationOptions: { noValidate: true } });
    const { agents } = this.#options;
    const handlers = Object.fromEntries(
      states.map((state) => [
        state.name,
        (event: unknown) => work.tasks.run(state, agents[state.agent], event),
      ]),
    );
    const run = machine.run(
      { executionId, deploymentId },
      {
        overrides: {
          taskResourceLocalHandlers: handlers,
          waitTimeOverrides: Object.fromEntries(waits.map((name) => [name, WAIT_MILLISECONDS])),
        },
      },
    );
    work.abandon = run.abort;
    const journal = this.#journal(run.eventLogs, executionId, deploymentId);
    const outcome = await run.result.then(
      () => undefined,
      (error: unknown) => asHiveMindError(error),
    );
    await journal;
    return outcome;
  }

  async #journal(events: AsyncGenerator<EventLog>, executionId: string, deploymentId: string): Promise<void> {
    for await (const event of events) {
      const type = STATE_EVENTS[event.type];
      if (!type || !('state' in event) || this.#closing) continue;
      await this.#options.store.appendEvent({
        deploymentId,
        executionId,
        actor: 'hivemind',
        type,
        message: event.state.name,
        data: stateData(event),
      });
    }
  }

  /** The end of an execution whose workflow could not even fail in its own way. */
  async #fail(executionId: string, deploymentId: string, error: HiveMindError): Promise<void> {
    const { store, clock } = this.#options;
    const { code, message, hint, logTail } = error;
    const { fault } = error.kind;
    const failure = { stage: null, fault, at: clock.now(), code, message, hint, logTail };
    await store.updateExecution(executionId, { failure });
    const deployment = await store.findDeployment(deploymentId);
    if (deployment && code !== 'DeploymentBusy') {
      await store.updateDeployment(deploymentId, { status: 'FAILED', failure });
    }
    await this.#end(executionId, error);
    await store.releaseLock(deploymentId, executionId);
  }

  async #end(executionId: string, failure: HiveMindError | undefined): Promise<void> {
    const { store, clock } = this.#options;
    const execution = await store.findExecution(executionId);
    if (!execution) return;
    if (failure)
      await endOpenStages(this.#options, execution, { stage: null, detail: failureDetail(failure) });
    const status: ExecutionStatus = !failure
      ? 'SUCCEEDED'
      : execution.cancelRequested
        ? 'CANCELLED'
        : 'FAILED';
    await store.updateExecution(executionId, { status, endedAt: clock.now() });
    await appendEnd(store, { ...execution, status }, execution.failure?.message ?? failure?.message);
  }
}

const overtaken = (owner: string): HiveMindError =>
  new HiveMindError(
    'DeploymentBusy',
    `the execution was interrupted, and ${owner} has taken over the deployment`,
    {
      hint: 'run the command again when the other one has ended',
    },
  );

const subject = (execution: Execution) => ({
  deploymentId: execution.deploymentId,
  executionId: execution.id,
  actor: 'hivemind',
});

function stateData(event: EventLog & { state: { type: string } }): JsonObject {
  if (event.type === 'StateCaught') return { type: event.state.type, next: event.catch.catcher.Next };
  if (event.type === 'StateRetried') return { type: event.state.type, attempt: event.retry.attempt };
  return { type: event.state.type };
}
