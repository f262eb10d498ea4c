import type { Clock } from '../../../ports/clock.ts';
import { ENDED } from './run-time.ts';

/** How long one request may stay silent. */
export interface Patience {
  /** Aborts with the run, or when nothing was heard for too long. */
  readonly signal: AbortSignal;
  /** Something arrived: the waiting begins anew. */
  heard(): void;
  end(): void;
}

export function startPatience(clock: Clock, milliseconds: number, run: AbortSignal): Patience {
  const aborted = new AbortController();
  const ended = new AbortController();
  const onAbort = () => aborted.abort(ENDED);
  if (run.aborted) onAbort();
  else run.addEventListener('abort', onAbort, { once: true });
  let heardAt = Date.parse(clock.now());
  const watch = async () => {
    for (let left = milliseconds; left > 0; left = heardAt + milliseconds - Date.parse(clock.now())) {
      await clock.sleep(left, ended.signal);
      if (ended.signal.aborted) return;
    }
    aborted.abort(ENDED);
  };
  void watch();
  return {
    signal: aborted.signal,
    heard: () => {
      heardAt = Date.parse(clock.now());
    },
    end: () => {
      run.removeEventListener('abort', onAbort);
      ended.abort(ENDED);
    },
  };
}
