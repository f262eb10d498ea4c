/** Gives out a stream in pieces of the lengths asked for. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #cutOff: () => Error;
  #rest: Buffer = Buffer.alloc(0);

  /** @param cutOff what is thrown when the stream ends where more is asked for */
  constructor(stream: AsyncIterable<Uint8Array>, cutOff: () => Error) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#cutOff = cutOff;
  }

  async take(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const part = await this.some(missing);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** At least one byte and at most so many. */
  async some(length: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) throw this.#cutOff();
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
