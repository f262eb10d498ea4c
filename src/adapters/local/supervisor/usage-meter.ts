import {
  type ProcessEntry,
  readMemoryBytes,
  readProcessTable,
  withDescendants,
} from '../process-inspection.ts';

/** Null where it cannot be seen. */
export interface Usage {
  /** Of one core: 200 is two cores. */
  readonly cpuPercent: number | null;
  /** Resident memory. */
  readonly memoryBytes: number | null;
}

interface Sample {
  readonly group: number;
  readonly cpuSeconds: number;
  readonly takenAt: number;
  readonly usage: Usage;
}

export const NO_USAGE: Usage = { cpuPercent: null, memoryBytes: null };
/** Questions that come closer together get the same answer: too little CPU time passes between them. */
const SHORTEST_INTERVAL_MILLISECONDS = 500;

/** CPU and memory of process groups; looks only when asked, and reads the process table once for all that ask together. */
export class UsageMeter {
  readonly #samples = new Map<string, Sample>();
  #table: Promise<readonly ProcessEntry[]> | undefined;

  /** Since the last question, or since the start of the group. `startedAt` is a time of `performance.now`. */
  async measure(id: string, group: number, startedAt: number): Promise<Usage> {
    const known = this.#samples.get(id);
    const last =
      known?.group === group ? known : { group, cpuSeconds: 0, takenAt: startedAt, usage: NO_USAGE };
    if (last === known && performance.now() - last.takenAt < SHORTEST_INTERVAL_MILLISECONDS)
      return last.usage;
    const processes = withDescendants(await this.#readTable(), (entry) => entry.group === group);
    if (processes.length === 0) return NO_USAGE;
    const memory = await Promise.all(processes.map(({ pid }) => readMemoryBytes(pid)));
    const cpuSeconds = sum(processes.map((entry) => entry.cpuSeconds));
    const takenAt = performance.now();
    const usedSeconds = Math.max(0, cpuSeconds - last.cpuSeconds);
    const usage = {
      cpuPercent: (100 * 1000 * usedSeconds) / Math.max(1, takenAt - last.takenAt),
      memoryBytes: sum(memory),
    };
    this.#samples.set(id, { group, cpuSeconds, takenAt, usage });
    return usage;
  }

  forget(id: string): void {
    this.#samples.delete(id);
  }

  #readTable(): Promise<readonly ProcessEntry[]> {
    this.#table ??= readProcessTable().finally(() => {
      this.#table = undefined;
    });
    return this.#table;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
