import type { HiveMindError } from '../../../domain/errors.ts';

interface RunningCommand {
  readonly instance: string;
  readonly abort: AbortController;
  readonly end: Promise<unknown>;
}

/** One-off commands under way, so that none outlives its instance or the server. */
export class RunningCommands {
  readonly #running = new Set<RunningCommand>();

  async run<T>(
    instance: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const end = work(signal ? AbortSignal.any([abort.signal, signal]) : abort.signal);
    const command = { instance, abort, end };
    this.#running.add(command);
    try {
      return await end;
    } finally {
      this.#running.delete(command);
    }
  }

  /** Resolves when they have ended. */
  async abort(instances: ReadonlySet<string>, reason: HiveMindError): Promise<void> {
    const commands = [...this.#running].filter(({ instance }) => instances.has(instance));
    for (const command of commands) command.abort.abort(reason);
    await Promise.allSettled(commands.map(({ end }) => end));
  }
}
