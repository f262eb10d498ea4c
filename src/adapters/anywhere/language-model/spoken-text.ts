import { plainWords } from '../../../domain/untrusted-text/plain-answer.ts';

/** A line without an end is shown up to its last whole word when it is so long. */
const LINE_CHARACTERS = 500;
/** Longer than any word or address; what has no space for so long is shown in pieces. */
const HELD_CHARACTERS = 2_000;

/**
 * What a model writes piece by piece, fit for people. Lines are held back until they are whole, so that nothing that is left out can come
 * in two halves, and a secret is seen beside its name.
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
    const lastLine = this.#held.lastIndexOf('\n');
    if (lastLine >= 0) return lastLine + 1;
    if (this.#held.length < LINE_CHARACTERS) return 0;
    const lastSpace = this.#held.lastIndexOf(' ');
    if (lastSpace >= 0) return lastSpace + 1;
    return this.#held.length > HELD_CHARACTERS ? this.#held.length : 0;
  }
}
