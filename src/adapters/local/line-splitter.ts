import { StringDecoder } from 'node:string_decoder';

/** In UTF-16 code units. Longer lines are broken: one endless line must not fill the memory. */
export const MAX_LINE_CHARACTERS = 16_384;

/**
 * Turns chunks of output into lines without their line ends; a carriage return alone ends a line too (progress bars).
 * How the output was cut into chunks makes no difference.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';
  /** The text so far ends in a carriage return, which may be the first half of a line end. */
  #returned = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Emits what is left without a line end. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#returned || this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
    this.#returned = false;
  }

  #take(text: string): void {
    if (text === '') return;
    const complete = this.#returned ? `\r${text}` : text;
    this.#returned = complete.endsWith('\r');
    const parts = (this.#returned ? complete.slice(0, -1) : complete).split(/\r\n|\n|\r/);
    for (const [index, part] of parts.entries()) {
      this.#append(part);
      if (index < parts.length - 1) this.#endLine();
    }
  }

  #append(part: string): void {
    this.#rest += part;
    while (this.#rest.length > MAX_LINE_CHARACTERS) {
      const isHighSurrogate = /[\ud800-\udbff]/.test(this.#rest.charAt(MAX_LINE_CHARACTERS - 1));
      const length = isHighSurrogate ? MAX_LINE_CHARACTERS - 1 : MAX_LINE_CHARACTERS;
      this.#onLine(this.#rest.slice(0, length));
      this.#rest = this.#rest.slice(length);
    }
  }

  #endLine(): void {
    const line = this.#rest;
    this.#rest = '';
    this.#onLine(line);
  }
}
