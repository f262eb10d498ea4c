import { asHiveMindError, HiveMindError } from '../../domain/errors.ts';
import { type Execution, isPreview, type WorkflowName } from '../../domain/execution.ts';
import type { AgentName } from '../../domain/stage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentStore } from '../../ports/deployment-store.ts';
import type { WorkflowRunner } from '../../ports/workflow-runner.ts';
import { SERVER_STOPPING } from '../../stages/run-stage.ts';
import { type Agent, cancelledByOperator } from '../../stages/stage-context.ts';
import { askOperator } from './workflow/ask-operator.ts';
import { type Entry, entryOf } from './workflow/entry.ts';
import { type InterpreterRun, interpret, type TaskResult } from './workflow/interpreter.ts';
import { stepsOf } from './workflow/journal.ts';
import { type Answer, OpenQuestion } from './workflow/open-question.ts';
import { completeEnds, recordBreakdown, recordEnd } from './workflow/record-end.ts';
import { RunningTasks } from './workflow/running-tasks.ts';
import type { TaskState } from './workflow/state-machine.ts';

export interface LocalWorkflowRunnerOptions {
  readonly store: DeploymentStore;
  readonly clock: Clock;
  readonly agents: Readonly<Record<AgentName, Agent>>;
  /** Called when an execution has ended and its end is stored. */
  readonly onEnd?: (executionId: string) => void;
  /** How long a workflow pauses before it begins again. @default what the fix says */
  readonly pauseMilliseconds?: number;
  /** How long a task waits before another attempt. @default what its Retry says */
  readonly retryMilliseconds?: number;
}

/** An execution that runs here. */
interface Work {
  readonly workflow: WorkflowName;
  readonly executionId: string;
  readonly deploymentId: string;
  readonly tasks: RunningTasks;
  readonly question: OpenQuestion;
  /** Ends the interpreter, once it runs. */
  abandon?: () => void;
}

/** Between two attempts to store the end of an execution. */
const RECORD_RETRY_MILLISECONDS = 1_000;

/** How long a lock outlives a server that died; renewed three times within. */
const LEASE_SECONDS = 60;

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
    const parts = { tasks: new RunningTasks(), question: new OpenQuestion() };
    const work: Work = { workflow, executionId, deploymentId, ...parts };
    const ended = this.#executeToTheEnd(work).finally(() => {
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
    const running = this.#running.get(executionId);
    running?.work.question.dismiss();
    await running?.work.tasks.abort(cancelledByOperator());
  }

  async answer(executionId: string, taskToken: string, answer: Answer): Promise<void> {
    this.#running.get(executionId)?.work.question.answer(taskToken, answer);
  }

  /** Starts again what a server that died left running; finished stages return their recorded results. */
  async resume(): Promise<void> {
    await completeEnds(this.#options.store);
    for (const execution of await this.#options.store.listExecutions({ status: 'RUNNING' })) {
      await this.#options.store.appendEvent({
        ...subject(execution.id, execution.deploymentId),
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
  async #executeToTheEnd(work: Work): Promise<void> {
    const { store, clock } = this.#options;
    try {
      return await this.#execute(work);
    } catch (thrown) {
      await work.tasks.leave(SERVER_STOPPING);
      let failure = asHiveMindError(thrown);
      while (!this.#closing) {
        try {
          await recordBreakdown(this.#options, work.executionId, failure);
          return await store.releaseLock(work.deploymentId, work.executionId);
        } catch (again) {
          failure = asHiveMindError(again);
          await clock.sleep(RECORD_RETRY_MILLISECONDS);
        }
      }
    }
  }

  async #execute(work: Work): Promise<void> {
    const { store } = this.#options;
    const { executionId, deploymentId } = work;
    const keepLock = () => store.acquireLock(deploymentId, executionId, LEASE_SECONDS);
    const held = await keepLock();
    const execution = await store.findExecution(executionId);
    if (held && execution && !isPreview(execution)) throw overtaken(held.owner);
    // A renewal that fails is tried again at the next one; the lease spans three.
    const renewal = setInterval(() => void keepLock().catch(() => undefined), (LEASE_SECONDS * 1000) / 3);
    try {
      const entry = execution ? await this.#entry(execution) : { input: { executionId, deploymentId } };
      const failure = await this.#interpret(work, entry);
      if (!this.#closing) await recordEnd(this.#options, executionId, failure);
    } finally {
      clearInterval(renewal);
      if (!this.#closing) await store.releaseLock(deploymentId, executionId);
    }
  }

  async #entry(execution: Execution): Promise<Entry> {
    const { store, clock } = this.#options;
    return entryOf(execution, (await store.listFixes(execution.id)).at(-1), clock.now());
  }

  /** Runs the state machine to its end; returns why it failed, if it did. */
  async #interpret(work: Work, entry: Entry): Promise<HiveMindError | undefined> {
    const { pauseMilliseconds, retryMilliseconds } = this.#options;
    const perform = (state: TaskState, event: unknown) => this.#perform(work, state, event);
    const timing = { pauseMilliseconds, retryMilliseconds };
    const run = await interpret({ workflow: work.workflow, entry, perform, ...timing });
    work.abandon = run.abort;
    const outcome = run.result.then(
      () => undefined,
      (error: unknown) => asHiveMindError(error),
    );
    try {
      await this.#journal(run, work);
    } catch (error) {
      run.abort();
      throw error;
    }
    return await outcome;
  }

  async #perform(work: Work, state: TaskState, event: unknown): Promise<TaskResult> {
    const agent = this.#options.agents[state.agent];
    if (!state.isQuestion) return { ...(await work.tasks.run(state, agent, event)) };
    return { ...(await askOperator(this.#options, work, state, agent, event)) };
  }

  async #journal(run: InterpreterRun, { executionId, deploymentId }: Work): Promise<void> {
    for await (const step of stepsOf(run)) {
      if (this.#closing) continue;
      await this.#options.store.appendEvent({ ...subject(executionId, deploymentId), ...step });
    }
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

const subject = (executionId: string, deploymentId: string) => ({
  deploymentId,
  executionId,
  actor: 'hivemind',
});
