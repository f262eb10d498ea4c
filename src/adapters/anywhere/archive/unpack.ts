import { mkdir, open, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import type { TreeEntry } from '../../../ports/source-repository.ts';
import { type SourceLimits, SourceSize } from '../source/source-size.ts';
import { assertSafeLinks, assertSafeNames, unsafe } from '../source/tree-safety.ts';
import type { ArchiveEntry } from './tar-format.ts';
import { type ArrivingEntry, entriesOf } from './tar-reader.ts';

/**
 * Writes the entries of an archive into a new folder. Links are made last, when they are known to stay inside, so that nothing
 * is ever written through one. Whatever fails leaves nothing behind.
 * @throws {HiveMindError} UnsafeRepository: an entry leaves the folder; RepositoryTooLarge
 * @throws {MalformedArchive}
 */
export async function unpack(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  options: { readonly limits: SourceLimits; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await mkdir(directory);
  try {
    const check = new ArchiveCheck(options.limits);
    const folders = new Folders(directory);
    for await (const entry of entriesOf(archive)) {
      options.signal?.throwIfAborted();
      check.add(entry);
      await write(entry, folders);
    }
    for (const [path, target] of check.links()) await makeLink(path, target, folders);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What is wrong with the entries of an archive that comes from elsewhere. */
export class ArchiveCheck {
  readonly #size: SourceSize;
  readonly #entries: TreeEntry[] = [];
  readonly #links = new Map<string, string>();

  constructor(limits: SourceLimits) {
    this.#size = new SourceSize(limits);
  }

  /** Before anything is done with the entry. @throws {HiveMindError} UnsafeRepository, RepositoryTooLarge */
  add({ path, kind, bytes, target }: ArchiveEntry): void {
    this.#size.add(bytes);
    const entry = { path, bytes, kind: kind === 'folder' ? 'submodule' : kind } as const;
    assertSafeNames([entry]);
    if (kind !== 'folder') this.#entries.push(entry);
    if (kind === 'symlink') this.#links.set(path, target);
  }

  /** The targets by the paths of the links, when there are no more entries. @throws {HiveMindError} UnsafeRepository */
  links(): ReadonlyMap<string, string> {
    assertSafeNames(this.#entries);
    assertSafeLinks(this.#links);
    return this.#links;
  }
}

async function write(entry: ArrivingEntry, folders: Folders): Promise<void> {
  if (entry.kind === 'folder') return void (await folders.make(entry.path));
  if (entry.kind === 'symlink') return;
  const file = join(
    await folders.make(dirname(entry.path)),
    entry.path.slice(entry.path.lastIndexOf('/') + 1),
  );
  const handle = await refusingCollisions(entry.path, () =>
    open(file, 'wx', entry.kind === 'executable' ? 0o755 : 0o644),
  );
  try {
    for await (const chunk of entry.contents) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}

async function makeLink(path: string, target: string, folders: Folders): Promise<void> {
  const folder = await folders.make(dirname(path));
  await refusingCollisions(path, () => symlink(target, join(folder, path.slice(path.lastIndexOf('/') + 1))));
}

/** The folders of the entries, made once each. */
class Folders {
  readonly #root: string;
  readonly #made = new Set<string>(['.']);

  constructor(root: string) {
    this.#root = root;
  }

  async make(path: string): Promise<string> {
    const folder = join(this.#root, path);
    if (!this.#made.has(path)) {
      await refusingCollisions(path, () => mkdir(folder, { recursive: true }));
      this.#made.add(path);
    }
    return folder;
  }
}

/** Two entries may be one file where the file system ignores case, and a file may lie where another needs a folder. */
async function refusingCollisions<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw unsafe(path, 'is there twice, or lies below a file');
  }
}
