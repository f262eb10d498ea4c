import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import { ABORTED, orAborted } from './run-time.ts';

/** Calls of this process to one model at the same time. */
export const CONCURRENT_CALLS = 8;

export interface Bulkheads {
  /**
   * Waits for a place until the signal aborts.
   * @returns undefined when there was none in time: the work was not begun
   */
  enter<Value>(model: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value | undefined>;
}

/** One slow model does not take the connections of another, nor all of a process. */
export function bulkheads(): Bulkheads {
  // As many as there are models in the settings.
  const doors = new Map<string, BulkheadPolicy>();
  return {
    async enter(model, signal, work) {
      const door = doors.get(model) ?? bulkhead(CONCURRENT_CALLS, Number.POSITIVE_INFINITY);
      doors.set(model, door);
      const entered = Promise.withResolvers<void>();
      const left = Promise.withResolvers<void>();
      const stay = door.execute(() => {
        entered.resolve();
        return left.promise;
      }, signal);
      // Who does not wait any more is turned away when the turn comes, and that may be long after.
      stay.catch(() => undefined);
      try {
        if ((await orAborted(entered.promise, signal)) === ABORTED) return undefined;
        return await work();
      } finally {
        left.resolve();
      }
    },
  };
}
