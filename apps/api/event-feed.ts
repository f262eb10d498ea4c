import type { HistoryEvent } from '../../src/domain/events.ts';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';

type Listener = (event: HistoryEvent) => void;

/** New events, as they are stored, for whoever listens in this process. */
export class EventFeed {
  readonly #listeners = new Set<Listener>();

  readonly publish: Listener = (event) => {
    for (const listener of this.#listeners) listener(event);
  };

  /**
   * The stored events of an execution after a sequence number, then new ones, without gap or repetition, until the execution
   * has finished or `signal` aborts.
   */
  async *of(
    store: DeploymentStore,
    executionId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<HistoryEvent> {
    const arrived: HistoryEvent[] = [];
    let wake: () => unknown = () => undefined;
    const listener: Listener = (event) => {
      if (event.executionId !== executionId) return;
      arrived.push(event);
      wake();
    };
    this.#listeners.add(listener);
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      let last = after;
      arrived.unshift(...(await store.listEvents({ executionId, after })));
      while (!signal.aborted) {
        for (const event of arrived.splice(0)) {
          if (event.sequence <= last) continue;
          last = event.sequence;
          yield event;
          if (event.type === 'execution.finished') return;
        }
        if (arrived.length > 0 || signal.aborted) continue;
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
