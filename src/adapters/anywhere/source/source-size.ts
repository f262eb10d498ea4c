import { HiveMindError } from '../../../domain/errors.ts';

export interface SourceLimits {
  readonly bytes: number;
  readonly files: number;
}

/** Counts files and bytes. */
export class SourceSize {
  readonly #limits: SourceLimits;
  #files = 0;
  #bytes = 0;

  constructor(limits: SourceLimits) {
    this.#limits = limits;
  }

  /** Counts one more file. @throws {HiveMindError} RepositoryTooLarge */
  add(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
    if (this.#files > this.#limits.files) throw tooLarge(`more than ${this.#limits.files} files`);
    if (this.#bytes > this.#limits.bytes) throw tooLarge(`more than ${inMebibytes(this.#limits.bytes)} MiB`);
  }
}

export const tooLarge = (what: string): HiveMindError =>
  new HiveMindError('RepositoryTooLarge', `the source has ${what}`, {
    hint: 'take generated files and data out of the repository, for instance by .gitignore, or deploy a smaller folder of it',
  });

export const inMebibytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);
