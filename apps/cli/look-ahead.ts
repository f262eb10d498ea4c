/** A stream that can be looked into before it is read on. */
export class LookAhead<T, R> {
  readonly #source: AsyncGenerator<T, R>;
  readonly #ahead: Promise<IteratorResult<T, R>>[] = [];

  constructor(source: AsyncGenerator<T, R>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<T, R>> {
    return this.#ahead.shift() ?? this.#source.next();
  }

  /** Ends when a value comes for which the test holds, with the stream, or with the signal; nothing is taken from the stream. */
  async until(test: (value: T) => boolean, signal: AbortSignal): Promise<void> {
    for (let index = 0; !signal.aborted; index += 1) {
      const result = await this.#look(index);
      if (!result || result.done || test(result.value)) return;
    }
  }

  /** A stream that breaks says so to whoever reads it on. */
  #look(index: number): Promise<IteratorResult<T, R> | undefined> {
    const result = this.#ahead[index] ?? this.#source.next();
    this.#ahead[index] = result;
    return result.catch(() => undefined);
  }
}
