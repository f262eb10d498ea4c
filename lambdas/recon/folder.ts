import { posix } from 'node:path';
import type { Evidence } from '../../src/domain/plan.ts';
import type { SourceTree } from '../../src/ports/source-repository.ts';

const MAXIMUM_BYTES = 256 * 1024;
/** Names that a terminal, a shell or a file system would not show as they are. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

/** The regular files of a commit in a fixed order, each read once. */
export class Repository {
  readonly files: readonly string[];
  readonly #tree: SourceTree;
  readonly #names: ReadonlySet<string>;
  readonly #reads = new Map<string, Promise<string | undefined>>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
    this.files = tree.entries
      .filter((entry) => entry.kind === 'file' || entry.kind === 'executable')
      .map((entry) => entry.path)
      .filter((path) => !UNPRINTABLE.test(path))
      .sort();
    this.#names = new Set(this.files);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  /** Text with `\n` line ends and without a byte order mark. */
  read(path: string, maximumBytes = MAXIMUM_BYTES): Promise<string | undefined> {
    if (!this.has(path)) return Promise.resolve(undefined);
    const key = `${maximumBytes}:${path}`;
    const known = this.#reads.get(key);
    if (known) return known;
    const text = this.#tree
      .read(path, maximumBytes)
      .then((raw) => raw?.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'));
    this.#reads.set(key, text);
    return text;
  }
}

/** The repository as seen from one of its folders. Evidence names files by their path in the repository. */
export class Folder {
  readonly repository: Repository;
  /** `.` or a relative path. */
  readonly path: string;
  /** Relative to the folder, sorted. */
  readonly files: readonly string[];

  constructor(repository: Repository, path: string) {
    this.repository = repository;
    this.path = path;
    const prefix = `${path}/`;
    this.files =
      path === '.'
        ? repository.files
        : repository.files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  }

  has(path: string): boolean {
    return this.repository.has(this.locate(path));
  }

  hasFolder(path: string): boolean {
    const prefix = `${posix.normalize(path)}/`;
    return prefix === './' || this.files.some((file) => file.startsWith(prefix));
  }

  read(path: string, maximumBytes?: number): Promise<string | undefined> {
    return this.repository.read(this.locate(path), maximumBytes);
  }

  firstOf(paths: readonly string[]): string | undefined {
    return paths.find((path) => this.has(path));
  }

  evidence(file: string, note: string, line?: number): Evidence {
    const path = this.locate(file);
    return line === undefined ? { file: path, note } : { file: path, line, note };
  }

  /** Path in the repository of a path relative to this folder. */
  locate(path: string): string {
    return posix.join(this.path, path);
  }
}

/** Line, from 1, of a position in a text. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Line of the first occurrence of a literal, or undefined. */
export function lineOf(text: string, literal: string): number | undefined {
  const index = text.indexOf(literal);
  return index === -1 ? undefined : lineAt(text, index);
}
