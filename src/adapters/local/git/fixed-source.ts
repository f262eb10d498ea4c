import { printable } from '../../../domain/deployment.ts';
import type { GitEnvironment } from './environment.ts';
import type { Mirror } from './mirror.ts';
import { ObjectReader } from './object-reader.ts';

/** Where a source comes from, and how to fix its commit. */
export interface Origin {
  readonly mirror: Mirror;
  /** The mirror exists then, and nobody else works on it. */
  readonly fix: () => Promise<FixedSource>;
}

/** A source at one commit. */
export interface FixedSource {
  readonly commit: Commit;
  readonly tree: string;
  readonly warnings: readonly string[];
  /** Reaches the files: those of the mirror, and the operator's repository when they are still there only. */
  readonly environment: GitEnvironment;
}

export interface Commit {
  readonly id: string;
  /** First line of the message. */
  readonly subject: string;
}

/** Lends a reader of the mirror, or of what else the environment reaches, for some reads in a row. */
export async function withObjectReader<T>(
  mirror: Mirror,
  environment: GitEnvironment,
  use: (reader: ObjectReader) => Promise<T>,
): Promise<T> {
  const reader = new ObjectReader(mirror.folder, environment);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

/** The commit that a name leads to, also through an annotated tag. */
export async function readCommit(reader: ObjectReader, name: string): Promise<Commit | undefined> {
  const MAX_BYTES = 65_536;
  const MAX_SUBJECT_CHARACTERS = 200;
  const commit = await reader.read(`${name}^{commit}`, MAX_BYTES);
  if (commit === undefined) return undefined;
  const text = commit.content.toString();
  const [, ...paragraphs] = text.split('\n\n');
  const subject = paragraphs.join('\n\n').trimStart().split('\n', 1)[0] ?? '';
  return { id: commit.id, subject: printable(subject.slice(0, MAX_SUBJECT_CHARACTERS)) };
}

/** The id of a folder's tree; undefined when there is no such folder. `prefix` is empty or ends in a slash. */
export async function treeId(
  reader: ObjectReader,
  root: string,
  prefix: string,
): Promise<string | undefined> {
  const name = prefix === '' ? `${root}^{tree}` : `${root}:${prefix.slice(0, -1)}`;
  const tree = await reader.read(name, 0);
  return tree?.type === 'tree' ? tree.id : undefined;
}
