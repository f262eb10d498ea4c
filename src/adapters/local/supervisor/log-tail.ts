const MAX_LINES = 200;
/** A cause fits into this; what lies beyond is in the log. */
const MAX_LINE_CHARACTERS = 2000;

/** The last lines that a process wrote. */
export class LogTail {
  #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line.slice(0, MAX_LINE_CHARACTERS));
    if (this.#lines.length > 2 * MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES);
  }

  /** At most 200, oldest first. */
  last(lines: number): readonly string[] {
    return lines > 0 ? this.#lines.slice(-Math.min(lines, MAX_LINES)) : [];
  }

  clear(): void {
    this.#lines = [];
  }
}
