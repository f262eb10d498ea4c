import { HiveMindError } from '../../../domain/errors.ts';
import type { Agent, TaskAnswer } from '../../../stages/stage-context.ts';
import type { TaskState } from './state-machine.ts';

/** What remains of a task's time for its own answer when its work is told to wait. */
const ANSWER_RESERVE_SECONDS = 10;

/**
 * The tasks of one execution that run now. The interpreter cannot end a task (Step Functions can only forget one), so this
 * does: work is aborted when its time is up, when a sibling branch has failed and when the operator cancels.
 *
 * After a failure the branches beside it still go on to their next states in the interpreter. Their tasks are refused until
 * the workflow begins again, so that nothing is made while what was made is being cleaned up.
 */
export class RunningTasks {
  #work = new AbortController();
  #recovery: AbortController | undefined;
  readonly #running = new Set<Promise<unknown>>();

  async run(task: TaskState, agent: Agent, event: unknown): Promise<TaskAnswer> {
    if (task.isStart && this.#recovery) this.#beginAgain();
    if (task.agent === 'medic') await this.#recover();
    const scope = isRecoveryTask(task) ? (this.#recovery ?? this.#work) : this.#work;
    // Work that goes on after the answer keeps the signal, so the timeout has to end with the answer.
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(), task.timeoutSeconds * 1000);
    const signal = AbortSignal.any([scope.signal, overdue.signal]);
    if (signal.aborted) clearTimeout(timer);
    signal.throwIfAborted();
    const patienceSeconds = Math.max(1, task.timeoutSeconds - ANSWER_RESERVE_SECONDS);
    const startedAt = new Date().toISOString();
    const answer = agent(event, { patienceSeconds, startedAt, signal });
    const settled = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    void settled.finally(() => {
      clearTimeout(timer);
      this.#running.delete(settled);
    });
    return await answer;
  }

  /** Ends all work, though not a recovery from it, and waits until it has cleaned up after itself. */
  async abort(reason: HiveMindError): Promise<void> {
    this.#work.abort(reason);
    if (!this.#recovery) await this.#settle();
  }

  /** Ends everything: the next server goes on with the execution. */
  async leave(reason: symbol): Promise<void> {
    this.#work.abort(reason);
    this.#recovery?.abort(reason);
    await this.#settle();
  }

  async #recover(): Promise<void> {
    this.#work.abort(siblingFailed());
    await this.#settle();
    this.#recovery = new AbortController();
  }

  #beginAgain(): void {
    this.#work = new AbortController();
    this.#recovery = undefined;
  }

  async #settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** Diagnosis and clean-up, which happen after the work was ended. */
const isRecoveryTask = ({ agent }: TaskState): boolean => agent === 'medic' || agent === 'janitor';

const siblingFailed = (): HiveMindError =>
  new HiveMindError('Cancelled', 'stopped because another stage failed', {
    hint: 'mend the stage that failed',
  });
