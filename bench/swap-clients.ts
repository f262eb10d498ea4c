import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport, Seen } from './swap-load.ts';

export type Streams = Omit<Extract<LoadOrder, { do: 'stream' }>, 'do'>;

/** The clients, seen from the benchmark. */
export class Clients {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(url: string): Promise<Clients> {
    const child = fork(fileURLToPath(new URL('./swap-load.ts', import.meta.url)));
    await once(child, 'message');
    const clients = new Clients(child);
    clients.#order({ do: 'aim', url });
    return clients;
  }

  openStreams(streams: Streams): void {
    this.#order({ do: 'stream', ...streams });
  }

  /** What was answered since the last report. */
  async report(): Promise<LoadReport> {
    const message = once(this.#process, 'message');
    this.#order({ do: 'report' });
    const [report] = await message;
    return report as LoadReport;
  }

  /** Waits for the streams that are open, and reports. */
  async settled(): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for (;;) {
      const report = await this.report();
      seen.push(...report.seen);
      if (report.openStreams === 0) return seen;
      await sleep(200);
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }

  #order(order: LoadOrder): void {
    this.#process.send(order);
  }
}

/** What a number of requests came to. */
export interface Tally {
  readonly requests: number;
  readonly failed: number;
  /** Streams that ended before their end. */
  readonly cut: number;
  readonly slowestMilliseconds: number;
  readonly failures: readonly string[];
}

const STREAMS: readonly Seen['kind'][] = ['long', 'WebSocket', 'events'];
const isStream = ({ kind }: Seen): boolean => STREAMS.includes(kind);

/** Streams are slow by intention, uploads by their client: the slowest is one of the rest. */
export function tallyOf(seen: readonly Seen[]): Tally {
  const bad = seen.filter(({ failure }) => failure !== null);
  const quick = seen.filter(({ kind }) => kind === 'keep-alive' || kind === 'new connection');
  return {
    requests: seen.length,
    failed: bad.filter((each) => !isStream(each)).length,
    cut: bad.filter(isStream).length,
    slowestMilliseconds: quick.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 0),
    failures: bad.map(
      ({ kind, failure, version, milliseconds, at }) =>
        `${new Date(at).toISOString()} ${kind}: ${failure} after ${Math.round(milliseconds)} ms, from ${version ?? 'nobody'}`,
    ),
  };
}
