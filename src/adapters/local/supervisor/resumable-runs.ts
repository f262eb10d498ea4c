import type { CommandResult } from '../../../ports/instance-commands.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import { systemClock } from '../../anywhere/clock.ts';

interface ResumableRun {
  readonly abort: AbortController;
  readonly result: Promise<CommandResult>;
}

/** Results that are kept for whoever asks again. */
const MAX_RUNS = 100;

/** One-off commands by token: asking again joins the run, or gets its result, instead of running the command twice. */
export class ResumableRuns {
  readonly #runs = new Map<string, ResumableRun>();

  /**
   * @param start begins the run; called for a token that is not known
   * @returns undefined when it still runs after patience has run out; the signal ends it
   */
  async join(
    token: string,
    { patienceSeconds, signal }: Patience,
    start: (signal: AbortSignal) => Promise<CommandResult>,
  ): Promise<CommandResult | undefined> {
    const run = this.#runs.get(token) ?? this.#begin(token, start);
    const abort = () => run.abort.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const over = new AbortController();
    try {
      const patience = systemClock.sleep(patienceSeconds * 1000, over.signal).then(() => undefined);
      return await Promise.race([run.result, patience]);
    } finally {
      over.abort();
      signal?.removeEventListener('abort', abort);
    }
  }

  #begin(token: string, start: (signal: AbortSignal) => Promise<CommandResult>): ResumableRun {
    const abort = new AbortController();
    const run = { abort, result: start(abort.signal) };
    this.#runs.set(token, run);
    // What did not come to an end of its own may be tried again.
    run.result.catch(() => this.#runs.delete(token));
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MAX_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    return run;
  }
}
