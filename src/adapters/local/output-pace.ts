import type { Readable } from 'node:stream';

export interface PaceLimits {
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
  /** What may come at once, as a time at these rates. */
  readonly burstMilliseconds: number;
}

/** About a twentieth of the time of this process: measured, 1,000,000 short lines a second take all of it. */
export const OUTPUT_PACE: PaceLimits = {
  linesPerSecond: 50_000,
  bytesPerSecond: 10 * 1024 * 1024,
  burstMilliseconds: 1000,
};

/** Reads a stream no faster than this process can bear: whoever writes more has to wait, as at any full pipe. */
export class OutputPace {
  readonly #stream: Readable;
  readonly #limits: PaceLimits;
  /** When all that was read so far would have come at the limit. */
  #paidUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #isLifted = false;

  constructor(stream: Readable, limits: PaceLimits = OUTPUT_PACE) {
    this.#stream = stream;
    this.#limits = limits;
  }

  /** To be told of everything that was read. */
  spend(lines: number, bytes: number): void {
    const { linesPerSecond, bytesPerSecond, burstMilliseconds } = this.#limits;
    const now = performance.now();
    const cost = 1000 * Math.max(lines / linesPerSecond, bytes / bytesPerSecond);
    this.#paidUntil = Math.max(now, this.#paidUntil) + cost;
    const pause = this.#paidUntil - now - burstMilliseconds;
    if (pause <= 0 || this.#isLifted || this.#timer) return;
    this.#stream.pause();
    this.#timer = setTimeout(() => this.#resume(), pause);
  }

  /** No limit from now on: the writer has ended, and what is left fits into a pipe. */
  lift(): void {
    this.#isLifted = true;
    if (this.#timer) this.#resume();
  }

  #resume(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stream.resume();
  }
}
