import { ConstantBackoff, ExponentialBackoff, fullJitterGenerator, handleWhenResult, retry } from 'cockatiel';
import type { CallResult } from './call-failure.ts';

/** Requests of one call, the first one included. */
export const MAXIMUM_ATTEMPTS = 4;

const BACKOFF = { generator: fullJitterGenerator, initialDelay: 250, maxDelay: 4_000, exponent: 2 };

export interface RetryTime {
  millisecondsLeft(): number;
  pause(milliseconds: number): Promise<void>;
}

/**
 * The one loop that repeats requests: exponential back-off with full jitter, longer where the provider asks for it. A wait that would
 * not end in time is not begun. The attempt before the last word decides.
 */
export function withRetries<Value>(
  time: RetryTime,
  attempt: () => Promise<CallResult<Value>>,
): Promise<CallResult<Value>> {
  let backoff = new ExponentialBackoff(BACKOFF).next();
  let delay = 0;
  const isWorthAnother = (result: unknown): boolean => {
    const { ok, failure } = result as Partial<Extract<CallResult<Value>, { ok: false }>>;
    if (ok !== false || failure === undefined || !failure.isRetryable) return false;
    delay = Math.max(backoff.duration, failure.retryAfterMilliseconds ?? 0);
    backoff = backoff.next(undefined);
    return delay < time.millisecondsLeft();
  };
  // Cockatiel would wait with a timer that no signal ends: it does not wait at all, and the pause is taken here.
  const loop = retry(handleWhenResult(isWorthAnother), {
    maxAttempts: MAXIMUM_ATTEMPTS - 1,
    backoff: new ConstantBackoff(0),
  });
  return loop.execute(async ({ attempt: retries }) => {
    if (retries > 0) await time.pause(delay);
    return attempt();
  });
}
