import type { TreeEntry } from '../../../ports/source-repository.ts';
import { type SourceLimits, SourceSize } from '../../anywhere/source/source-size.ts';
import type { GitEnvironment } from './environment.ts';
import { git } from './git-process.ts';

/** Far above any application; a repository beyond it is data, or made to fill the disk. */
export const DEFAULT_LIMITS: SourceLimits = { bytes: 2 * 1024 ** 3, files: 200_000 };

export interface ListedEntry extends TreeEntry {
  readonly objectId: string;
}

/** All files of a tree, sorted by path. @throws {HiveMindError} RepositoryTooLarge */
export async function listTree(
  repository: { readonly folder: string; readonly environment: GitEnvironment },
  tree: string,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<readonly ListedEntry[]> {
  const entries: ListedEntry[] = [];
  const size = new SourceSize(limits);
  const records = new RecordSplitter((record) => {
    const entry = parseRecord(record);
    size.add(entry.bytes);
    entries.push(entry);
  });
  await git({
    args: ['ls-tree', '-r', '-l', '-z', '--full-tree', tree],
    environment: repository.environment,
    directory: repository.folder,
    onOutput: (chunk) => records.push(chunk),
    signal,
  });
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Splits output at NUL bytes; file names are bytes, so records are too. */
export class RecordSplitter {
  readonly #onRecord: (record: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onRecord: (record: Buffer) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      this.#onRecord(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    this.#rest = rest;
  }
}

const KINDS: Readonly<Record<string, TreeEntry['kind']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

/** `<mode> SP <type> SP <object> SP+ <size or -> TAB <path>` */
function parseRecord(record: Buffer): ListedEntry {
  const tab = record.indexOf('\t');
  const [mode = '', , objectId = '', bytes = ''] = record.toString('latin1', 0, tab).split(/ +/);
  return {
    path: record.toString('utf8', tab + 1),
    kind: KINDS[mode] ?? 'file',
    bytes: bytes === '-' ? 0 : Number(bytes),
    objectId,
  };
}
