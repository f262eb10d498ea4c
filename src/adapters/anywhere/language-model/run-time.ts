import type { Clock } from '../../../ports/clock.ts';

/** The time that a question has, and who may end it early. */
export interface RunTime {
  /** Aborts when the time is up or the caller does not want an answer any more. */
  readonly signal: AbortSignal;
  /** Resolves a little after `signal` aborted, when whatever is then still at work is left behind. */
  readonly over: Promise<void>;
  /** Why it was aborted. */
  reason(): 'deadline' | 'cancelled';
  millisecondsLeft(): number;
  /** Lets go of the timers and of the caller's signal. */
  end(): void;
}

/** Left of the time for putting on record what became of the last call. */
const GRACE = { share: 0.1, atMostMilliseconds: 1_000 };

const A_DAY_MILLISECONDS = 86_400_000;

/** Without a reason of its own every abort would make an exception with a stack. */
export const ENDED = 'ended';

export function startRunTime(clock: Clock, seconds: number, cancel?: AbortSignal): RunTime {
  const all = seconds * 1_000;
  const grace = Math.min(GRACE.atMostMilliseconds, all * GRACE.share);
  const endsAt = Date.parse(clock.now()) + all - grace;
  const aborted = new AbortController();
  const ended = new AbortController();
  // Who sleeps by the clock does not keep a process, and between two tries nobody else may: the question would be lost with it.
  const awake = setInterval(() => undefined, A_DAY_MILLISECONDS);
  const onCancel = () => aborted.abort(ENDED);
  if (cancel?.aborted) onCancel();
  else cancel?.addEventListener('abort', onCancel, { once: true });
  void clock.sleep(all - grace, ended.signal).then(() => {
    if (!ended.signal.aborted) aborted.abort(ENDED);
  });
  return {
    signal: aborted.signal,
    over: untilAborted(aborted.signal, ended.signal).then(() => clock.sleep(grace, ended.signal)),
    reason: () => (cancel?.aborted ? 'cancelled' : 'deadline'),
    millisecondsLeft: () => Math.max(0, endsAt - Date.parse(clock.now())),
    end: () => {
      clearInterval(awake);
      cancel?.removeEventListener('abort', onCancel);
      ended.abort(ENDED);
    },
  };
}

/** Also resolves when nobody waits any more, so that nothing is kept. */
function untilAborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}

/** What `orAborted` answers when it did not wait for the end. */
export const ABORTED = Symbol('aborted');

/** A promise, or `ABORTED` when the signal is first. Nothing stays on the signal; what becomes of the promise later is nobody's. */
export async function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | typeof ABORTED> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return ABORTED;
  }
  const { promise: aborted, resolve } = Promise.withResolvers<typeof ABORTED>();
  const onAbort = () => resolve(ABORTED);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => undefined);
  }
}
