export interface RestartTiming {
  /** Before the first restart; doubles from one to the next. @default 100 */
  readonly firstDelayMilliseconds: number;
  /** @default 10,000 */
  readonly longestDelayMilliseconds: number;
  /** A process that was up for so long begins again with the first delay. @default 30,000 */
  readonly healthyMilliseconds: number;
  /** A process that was up for so long has started. @default 5,000 */
  readonly settledMilliseconds: number;
  /** So many starts within the window that never settled are the last. @default 5 */
  readonly startLimit: number;
  /** @default 60,000 */
  readonly startWindowMilliseconds: number;
}

export const RESTART_TIMING: RestartTiming = {
  firstDelayMilliseconds: 100,
  longestDelayMilliseconds: 10_000,
  healthyMilliseconds: 30_000,
  settledMilliseconds: 5_000,
  startLimit: 5,
  startWindowMilliseconds: 60_000,
};

/** When a process that has exited is started again. Times are in milliseconds of any one clock. */
export class RestartPolicy {
  readonly #timing: RestartTiming;
  #delayMilliseconds: number;
  #failedStarts: readonly number[] = [];

  constructor(timing: RestartTiming) {
    this.#timing = timing;
    this.#delayMilliseconds = timing.firstDelayMilliseconds;
  }

  /** Milliseconds to wait before the next start, or undefined when it is not started again. */
  delayAfter(startedAt: number, exitedAt: number): number | undefined {
    const timing = this.#timing;
    const upMilliseconds = exitedAt - startedAt;
    this.#failedStarts =
      upMilliseconds >= timing.settledMilliseconds
        ? []
        : [...this.#failedStarts, startedAt].filter(
            (start) => start > exitedAt - timing.startWindowMilliseconds,
          );
    if (this.#failedStarts.length >= timing.startLimit) return undefined;
    if (upMilliseconds >= timing.healthyMilliseconds) this.#delayMilliseconds = timing.firstDelayMilliseconds;
    const delay = this.#delayMilliseconds;
    this.#delayMilliseconds = Math.min(2 * delay, timing.longestDelayMilliseconds);
    return delay;
  }
}
