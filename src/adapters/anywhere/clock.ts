import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { ref: false, ...(signal && { signal }) }).catch(
      (error: unknown) => {
        if (!signal?.aborted) throw error;
      },
    );
  },
};
