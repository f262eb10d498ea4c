import { HiveMindError } from '../../../domain/errors.ts';
import type { Agent, TaskAnswer } from '../../../stages/stage-context.ts';
import type { TaskState } from './state-machine.ts';

/** What remains of a task's time for its own answer when its work is told to wait. */
const ANSWER_RESERVE_SECONDS = 10;

/**
 * The tasks of one execution that run now. The interpreter cannot end a task (Step Functions can only forget one), so this
 * does: work is aborted when its time is up, when a sibling branch has failed and when the operator cancels.
 *
 * After a failure the branches beside it may still go on to their next states in the interpreter. Their tasks are refused until
 * the workflow begins again, so that nothing is made while what was made is being mended or cleaned up.
 */
export class RunningTasks {
  /** Ends when this server leaves the execution to the next one. */
  readonly #life = new AbortController();
  #work = new AbortController();
  #isRecovering = false;
  #cancelled: HiveMindError | undefined;
  readonly #running = new Set<Promise<unknown>>();

  async run(task: TaskState, agent: Agent, event: unknown): Promise<TaskAnswer> {
    if (task.isStart && this.#isRecovering) this.#beginAgain();
    if (task.agent === 'medic') await this.#recover();
    const survives = this.#isRecovering && isRecoveryTask(task);
    // Work that goes on after the answer keeps the signal, so the timeout has to end with the answer.
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(), task.timeoutSeconds * 1000);
    const signal = AbortSignal.any([
      this.#life.signal,
      ...(survives ? [] : [this.#work.signal]),
      overdue.signal,
    ]);
    if (signal.aborted) clearTimeout(timer);
    signal.throwIfAborted();
    const patienceSeconds = Math.max(1, task.timeoutSeconds - ANSWER_RESERVE_SECONDS);
    const startedAt = new Date().toISOString();
    const answer = agent(event, { patienceSeconds, startedAt, signal });
    return await this.#track(answer, () => clearTimeout(timer));
  }

  /** Waits for somebody outside, for as long as this server lives. */
  async wait<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#life.signal.throwIfAborted();
    return await this.#track(wait(this.#life.signal));
  }

  /** Ends all work, though not a recovery from it, and waits until it has cleaned up after itself. */
  async abort(reason: HiveMindError): Promise<void> {
    this.#cancelled = reason;
    this.#work.abort(reason);
    if (!this.#isRecovering) await this.#settle();
  }

  /** Ends everything: the next server goes on with the execution. */
  async leave(reason: symbol): Promise<void> {
    this.#work.abort(reason);
    this.#life.abort(reason);
    await this.#settle();
  }

  async #recover(): Promise<void> {
    this.#work.abort(siblingFailed());
    await this.#settle();
    this.#isRecovering = true;
  }

  /** What the operator cancelled meanwhile stays cancelled. */
  #beginAgain(): void {
    this.#work = new AbortController();
    this.#isRecovering = false;
    if (this.#cancelled) this.#work.abort(this.#cancelled);
  }

  #track<T>(running: Promise<T>, onSettled: () => void = () => undefined): Promise<T> {
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    void settled.finally(() => {
      onSettled();
      this.#running.delete(settled);
    });
    return running;
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
