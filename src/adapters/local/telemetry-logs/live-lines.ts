import type { LogLine } from '../../../domain/log-line.ts';

/** Lines between a writer that does not wait and a reader that may be slow: the oldest give way, and are counted. */
export class LiveLines {
  readonly #capacity: number;
  #lines: LogLine[] = [];
  #skipped = 0;
  #wake: () => void = () => undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#capacity) {
      this.#skipped += this.#lines.length - this.#capacity;
      this.#lines = this.#lines.slice(-this.#capacity);
    }
    this.#wake();
  }

  /** New lines as they come, until `signal` aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<LogLine> {
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        yield* this.#take();
        if (this.#lines.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  #take(): readonly LogLine[] {
    const lines = this.#lines;
    const skipped = this.#skipped;
    this.#lines = [];
    this.#skipped = 0;
    const [first] = lines;
    if (skipped === 0 || first === undefined) return lines;
    return [
      { ...first, name: 'hivemind', text: `${skipped} lines were skipped: the reader is too slow` },
      ...lines,
    ];
  }
}
