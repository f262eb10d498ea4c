import { StringDecoder } from 'node:string_decoder';
import type { ResolvedSource } from '../../../domain/deployment.ts';
import type { SourceTree, TreeEntry } from '../../../ports/source-repository.ts';
import { decompressed } from '../../anywhere/archive/gzip.ts';
import { MalformedArchive } from '../../anywhere/archive/tar-format.ts';
import { type ArrivingEntry, entriesOf } from '../../anywhere/archive/tar-reader.ts';
import { ArchiveCheck } from '../../anywhere/archive/unpack.ts';
import { isRegular } from '../../anywhere/source/left-out.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { readArchive, type SourceBucket } from './stored-source.ts';

const DEFAULT_MAX_BYTES = 256 * 1024;
/** What is kept in memory, of one file and of all: text that an analysis reads, not the pictures beside it. */
const KEPT_FILE_BYTES = 64 * 1024;
const KEPT_BYTES = 48 * 1024 * 1024;
/** An archive of ours is not larger; the limits of `resolve` are below. */
export const ARCHIVE_LIMITS = { bytes: 2 * 1024 ** 3, files: 400_000 };

/**
 * The files of a stored source, read out of its archive in one pass. What was not kept in that pass is read in another one,
 * together with everything else that is waited for by then.
 * @throws {HiveMindError} SourceNotFound, UnsafeRepository
 */
export async function openSource(store: SourceBucket, source: ResolvedSource): Promise<SourceTree> {
  const { entries, kept } = await listedSource(store, source);
  const byPath = new Map(entries.filter(isRegular).map((entry) => [entry.path, entry]));
  const later = new LaterReads(store, source);
  return {
    entries,
    read: async (path, maxBytes = DEFAULT_MAX_BYTES) => {
      const entry = byPath.get(path);
      if (entry === undefined) return undefined;
      const contents = kept.get(path) ?? (await later.read(path, maxBytes));
      // A decoder leaves out a character that the limit cuts in two.
      return entry.bytes > maxBytes
        ? new StringDecoder('utf8').write(contents.subarray(0, maxBytes))
        : contents.toString();
    },
  };
}

async function listedSource(
  store: SourceBucket,
  source: ResolvedSource,
): Promise<{ readonly entries: readonly TreeEntry[]; readonly kept: ReadonlyMap<string, Buffer> }> {
  const entries: TreeEntry[] = [];
  const kept = new Map<string, Buffer>();
  const check = new ArchiveCheck(ARCHIVE_LIMITS);
  let left = KEPT_BYTES;
  for await (const entry of archiveEntries(store, source)) {
    check.add(entry);
    entries.push(treeEntry(entry));
    if (!isRegular(treeEntry(entry)) || entry.bytes > Math.min(KEPT_FILE_BYTES, left)) continue;
    kept.set(entry.path, await startOf(entry, entry.bytes));
    left -= entry.bytes;
  }
  check.links();
  return { entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)), kept };
}

/** Reads that one more pass through the archive answers. */
class LaterReads {
  readonly #store: SourceBucket;
  readonly #source: ResolvedSource;
  #wanted = new Map<string, number>();
  #pass: Promise<ReadonlyMap<string, Buffer>> | undefined;

  constructor(store: SourceBucket, source: ResolvedSource) {
    this.#store = store;
    this.#source = source;
  }

  async read(path: string, maxBytes: number): Promise<Buffer> {
    this.#wanted.set(path, Math.max(maxBytes, this.#wanted.get(path) ?? 0));
    this.#pass ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#readAll());
    const found = (await this.#pass).get(path);
    if (found === undefined) throw unreadableCopy();
    return found;
  }

  async #readAll(): Promise<ReadonlyMap<string, Buffer>> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#pass = undefined;
    const found = new Map<string, Buffer>();
    for await (const entry of archiveEntries(this.#store, this.#source)) {
      const maxBytes = wanted.get(entry.path);
      if (maxBytes !== undefined) found.set(entry.path, await startOf(entry, maxBytes));
      if (found.size === wanted.size) break;
    }
    return found;
  }
}

async function* archiveEntries(store: SourceBucket, source: ResolvedSource): AsyncGenerator<ArrivingEntry> {
  try {
    yield* entriesOf(decompressed(await readArchive(store, source)));
  } catch (error) {
    throw error instanceof MalformedArchive ? unreadableCopy(error) : error;
  }
}

async function startOf(entry: ArrivingEntry, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = Math.min(maxBytes, entry.bytes);
  for await (const chunk of entry.contents) {
    if (left <= 0) break;
    chunks.push(Buffer.from(chunk.subarray(0, left)));
    left -= chunk.length;
  }
  return Buffer.concat(chunks);
}

function treeEntry({ path, kind, bytes, target }: ArrivingEntry): TreeEntry {
  if (kind === 'folder') return { path, kind: 'submodule', bytes: 0 };
  return { path, kind, bytes: kind === 'symlink' ? Buffer.byteLength(target) : bytes };
}
