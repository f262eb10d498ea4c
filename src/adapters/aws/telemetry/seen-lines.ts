import type { LogLine } from '../../../domain/log-line.ts';

/** A stored line with where it lies. */
export interface StoredLine {
  readonly stream: string;
  readonly timestamp: number;
  readonly line: LogLine;
}

/** A line may be stored after lines that are younger: every look begins that much before the newest line. */
const LATE_MILLISECONDS = 60_000;

/**
 * Tells new lines from those that were seen. Lines have no identity that every way of reading shows, so equal ones of one time and
 * stream are counted: each look shows all of them.
 */
export class SeenLines {
  readonly #seen = new Map<string, { readonly timestamp: number; readonly count: number }>();
  /** Lines up to here that are not in the history were left out of it on purpose. */
  readonly #before: number;
  #newest: number;

  /**
   * @param history what was read, oldest first
   * @param begun when it was read: nothing older than that can be missing from it for long
   * @param isTail whether older lines were left out of it
   */
  constructor(
    history: readonly StoredLine[],
    { begun, isTail }: { readonly begun: number; readonly isTail: boolean },
  ) {
    this.#before = isTail ? (history[0]?.timestamp ?? begun) : -1;
    this.#newest = Math.max(history.at(-1)?.timestamp ?? 0, begun);
    this.add(history);
  }

  /** Where the next look begins. */
  get since(): number {
    return Math.max(0, this.#newest - LATE_MILLISECONDS);
  }

  /** The lines among these, oldest first, that were not seen before. */
  add(lines: readonly StoredLine[]): readonly StoredLine[] {
    const counts = new Map<string, number>();
    const fresh = lines.filter(({ stream, timestamp, line }) => {
      const key = `${stream}\0${timestamp}\0${line.text}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count <= (this.#seen.get(key)?.count ?? 0)) return false;
      this.#seen.set(key, { timestamp, count });
      return timestamp > this.#before;
    });
    this.#newest = Math.max(this.#newest, lines.at(-1)?.timestamp ?? 0);
    for (const [key, { timestamp }] of this.#seen) if (timestamp < this.since) this.#seen.delete(key);
    return fresh;
  }
}
