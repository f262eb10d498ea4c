import { StringDecoder } from 'node:string_decoder';

/** Longer lines are cut: one endless line must not fill the memory. */
const MAX_LINE_CHARACTERS = 16_384;

/** Turns chunks of output into lines without their line ends; a carriage return alone ends a line too (progress bars). */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#emit(part);
    while (this.#rest.length > MAX_LINE_CHARACTERS) {
      this.#emit(this.#rest.slice(0, MAX_LINE_CHARACTERS));
      this.#rest = this.#rest.slice(MAX_LINE_CHARACTERS);
    }
  }

  /** Emits what is left without a line end. */
  end(): void {
    const rest = (this.#rest + this.#decoder.end()).replace(/\r$/, '');
    this.#rest = '';
    if (rest !== '') this.#emit(rest);
  }

  #emit(line: string): void {
    this.#onLine(line.slice(0, MAX_LINE_CHARACTERS));
  }
}
