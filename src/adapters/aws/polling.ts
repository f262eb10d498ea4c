import type { Clock } from '../../ports/clock.ts';
import type { Patience } from '../../ports/stack-engine.ts';

/** What one look at something slow has shown. */
export interface Look<T> {
  /** Whether there is nothing left to wait for. */
  readonly settled: boolean;
  readonly value: T;
}

export const settled = <T>(value: T): Look<T> => ({ settled: true, value });
export const underWay = <T>(value: T): Look<T> => ({ settled: false, value });

const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 5_000;
/** Pauses grow by this, and vary by a fifth so that many waiters do not ask at the same moment. */
const GROWTH = 1.6;
const VARIATION = 0.2;

/** Looks again and again, at growing distances, until it is settled or patience runs out; gives what the last look has shown. */
export async function lookUntilSettled<T>(
  look: () => Promise<Look<T>>,
  { patienceSeconds, signal }: Patience,
  clock: Clock,
): Promise<T> {
  const end = performance.now() + patienceSeconds * 1000;
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (;;) {
    const seen = await look();
    const left = end - performance.now();
    if (seen.settled || left <= 0 || signal?.aborted) return seen.value;
    await clock.sleep(Math.min(left, pause * (1 + VARIATION * Math.random())), signal);
    pause = Math.min(LONGEST_PAUSE_MILLISECONDS, pause * GROWTH);
  }
}
