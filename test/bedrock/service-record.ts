import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelUsage } from '../../src/domain/models/model-call.ts';

/**
 * `open`: not answered yet. `answered`: all of it was sent, also when it is an error. `cut`: it broke off, or was none. `left`: the client
 * has gone.
 */
export type Ending = 'open' | 'answered' | 'cut' | 'left';

export interface ReceivedRequest {
  /** As it was asked for. */
  readonly modelId: string;
  readonly operation: string;
  readonly body: unknown;
  /** Null while there is no answer. */
  readonly status: number | null;
  /** Name of the error that was answered. */
  readonly error: string | null;
  readonly ending: Ending;
}

/** What a model has worked on, and what is billed for it, whether its answer arrived or not. */
export interface ServedCall {
  readonly modelId: string;
  readonly operation: string;
  readonly usage: ModelUsage;
  /** Whether the answer was sent whole and with its true usage. */
  readonly isTold: boolean;
}

export interface ServedTotals extends ModelUsage {
  readonly calls: number;
}

const NOTHING: ServedTotals = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: { '5m': 0, '1h': 0 },
};

const PATIENCE_SECONDS = 20;

/** What came and what was served, in the order in which it began. */
export class ServiceRecord {
  readonly requests: ReceivedRequest[] = [];
  readonly served: ServedCall[] = [];
  readonly #keepsAll: boolean;
  readonly #watchers = new Set<() => void>();
  #totals = new Map<string, ServedTotals>();
  #received = 0;

  /** @param keepsAll false: only numbers are kept, for runs that would fill the memory */
  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  get received(): number {
    return this.#received;
  }

  /** @returns changes the request's entry */
  receive(
    request: Pick<ReceivedRequest, 'modelId' | 'operation' | 'body'>,
  ): (change: Partial<ReceivedRequest>) => void {
    let entry: ReceivedRequest = { ...request, status: null, error: null, ending: 'open' };
    const at = this.#keepsAll ? this.requests.push(entry) - 1 : undefined;
    this.#received += 1;
    this.#notify();
    return (change) => {
      entry = { ...entry, ...change };
      // A record that was cleared in the meantime has no place for it any more.
      if (at !== undefined && at < this.requests.length) this.requests[at] = entry;
      this.#notify();
    };
  }

  serve(call: ServedCall): void {
    if (this.#keepsAll) this.served.push(call);
    this.#totals.set(call.modelId, sum(this.totals(call.modelId), { ...call.usage, calls: 1 }));
    this.#notify();
  }

  /** Of one model, or of all. */
  totals(modelId?: string): ServedTotals {
    if (modelId !== undefined) return this.#totals.get(modelId) ?? NOTHING;
    return [...this.#totals.values()].reduce(sum, NOTHING);
  }

  /** Waits until it is so; rejects when it does not come to be. */
  async until(condition: () => boolean): Promise<void> {
    const waits = new AbortController();
    const met = Promise.withResolvers<void>();
    const look = () => condition() && met.resolve();
    this.#watchers.add(look);
    const patience = sleep(PATIENCE_SECONDS * 1_000, undefined, { signal: waits.signal, ref: false }).then(
      () => {
        throw new Error(`it did not come to be within ${PATIENCE_SECONDS} s`);
      },
    );
    patience.catch(() => undefined);
    look();
    try {
      await Promise.race([met.promise, patience]);
    } finally {
      this.#watchers.delete(look);
      waits.abort();
    }
  }

  clear(): void {
    this.requests.length = 0;
    this.served.length = 0;
    this.#totals = new Map();
    this.#received = 0;
  }

  #notify(): void {
    for (const look of this.#watchers) look();
  }
}

function sum(one: ServedTotals, other: ServedTotals): ServedTotals {
  return {
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
    cacheWriteTokens: {
      '5m': one.cacheWriteTokens['5m'] + other.cacheWriteTokens['5m'],
      '1h': one.cacheWriteTokens['1h'] + other.cacheWriteTokens['1h'],
    },
  };
}
