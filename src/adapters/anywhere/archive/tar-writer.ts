import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, BLOCK_BYTES, encodedHeader, paddingAfter } from './tar-format.ts';

export interface EntryWithContents extends ArchiveEntry {
  /** Exactly `bytes` of them. */
  readonly contents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The bytes of an archive of these entries, in their order. Equal entries give equal bytes. */
export async function* tarOf(
  entries: AsyncIterable<EntryWithContents> | Iterable<EntryWithContents>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield encodedHeader(entry);
    let bytes = 0;
    for await (const chunk of entry.contents) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== entry.bytes) throw new Error(`"${entry.path}" changed while it was packed`);
    yield paddingAfter(bytes);
  }
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

/** A file of the archive with these contents. */
export const fileEntry = (path: string, contents: Buffer, executable = false): EntryWithContents => ({
  path,
  kind: executable ? 'executable' : 'file',
  bytes: contents.length,
  target: '',
  contents: [contents],
});

/** A file of this machine as an entry of the archive. */
export async function fileEntryOf(
  file: string,
  path: string,
  executable: boolean,
): Promise<EntryWithContents> {
  const { size } = await lstat(file);
  const kind = executable ? 'executable' : 'file';
  return { path, kind, bytes: size, target: '', contents: size === 0 ? [] : createReadStream(file) };
}

export const linkEntry = (path: string, target: string): EntryWithContents => ({
  path,
  kind: 'symlink',
  bytes: 0,
  target,
  contents: [],
});

export const folderEntry = (path: string): EntryWithContents => ({
  path,
  kind: 'folder',
  bytes: 0,
  target: '',
  contents: [],
});

/**
 * What is in a folder, itself left out, in the order of the names; links are not followed.
 * @param prefix of the paths in the archive: empty, or with a slash at its end
 * @param options.folders every folder, or those only that are empty
 */
export async function* folderEntries(
  folder: string,
  prefix: string,
  options: { readonly folders: 'all' | 'empty' },
): AsyncGenerator<EntryWithContents> {
  for (const name of (await readdir(folder)).sort()) {
    const file = join(folder, name);
    const path = `${prefix}${name}`;
    const status = await lstat(file);
    if (status.isSymbolicLink()) yield linkEntry(path, await readlink(file));
    else if (status.isFile()) yield await fileEntryOf(file, path, (status.mode & 0o100) !== 0);
    else if (status.isDirectory()) {
      if (options.folders === 'all' || (await readdir(file)).length === 0) yield folderEntry(path);
      yield* folderEntries(file, `${path}/`, options);
    }
  }
}
