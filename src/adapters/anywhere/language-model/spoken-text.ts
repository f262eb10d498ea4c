import { plainWords } from '../../../domain/untrusted-text/plain-answer.ts';

/** Longer than any word or address; what has no space for so long is shown in pieces. */
const HELD_CHARACTERS = 2_000;

/**
 * What a model writes piece by piece, fit for people. Words are held back until they are whole, so that nothing that is left out can
 * come in two halves.
 */
export class SpokenText {
  readonly #secrets: readonly string[];
  #held = '';

  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets;
  }

  /** @returns what can be shown now */
  add(text: string): string {
    this.#held += text;
    const end = this.#endOfWords();
    const words = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    return plainWords(words, this.#secrets);
  }

  /** @returns the rest */
  end(): string {
    const words = this.#held;
    this.#held = '';
    return plainWords(words, this.#secrets);
  }

  /** Forgets what was not shown. */
  clear(): void {
    this.#held = '';
  }

  #endOfWords(): number {
    const lastSpace = Math.max(this.#held.lastIndexOf(' '), this.#held.lastIndexOf('\n'));
    if (lastSpace >= 0) return lastSpace + 1;
    return this.#held.length > HELD_CHARACTERS ? this.#held.length : 0;
  }
}
