import { EventEmitter } from 'node:events';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/instance-commands.ts';

/** Tells those who wait for the exit of an instance. */
export class ExitWatch {
  readonly #clock: Clock;
  readonly #exits = new EventEmitter<{ exit: [Instance] }>().setMaxListeners(0);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(instance: Instance): void {
    this.#exits.emit('exit', instance);
  }

  /** Undefined after the time and when the signal aborts. */
  first(
    instanceIds: readonly string[],
    milliseconds: number,
    signal: AbortSignal | undefined,
  ): Promise<Instance | undefined> {
    const over = new AbortController();
    const giveUp = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
    return new Promise((resolve, reject) => {
      const settle = (instance?: Instance): void => {
        this.#exits.off('exit', onExit);
        over.abort();
        resolve(instance);
      };
      const onExit = (instance: Instance): void => {
        if (instanceIds.includes(instance.id)) settle(instance);
      };
      this.#exits.on('exit', onExit);
      this.#clock.sleep(milliseconds, giveUp).then(() => settle(), reject);
    });
  }
}
