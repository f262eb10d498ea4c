import { ByteSource } from './byte-source.ts';
import {
  type ArchiveEntry,
  BLOCK_BYTES,
  decodedAttributes,
  decodedHeader,
  MalformedArchive,
  type RawHeader,
} from './tar-format.ts';

/** Longer names and link targets than any file system allows. */
const MAX_ATTRIBUTE_BYTES = 65_536;

export interface ArrivingEntry extends ArchiveEntry {
  /** To be read before the next entry is asked for; what is not read is skipped. */
  readonly contents: AsyncIterable<Buffer>;
}

/**
 * The entries of an archive as it arrives. Names are what the archive says: nothing is known about their safety.
 * @throws {MalformedArchive} it is cut off or damaged, or has entries of other kinds: devices, hard links, vendor extensions
 */
export async function* entriesOf(archive: AsyncIterable<Uint8Array>): AsyncGenerator<ArrivingEntry> {
  const source = new ByteSource(archive, () => new MalformedArchive('the archive is cut off'));
  try {
    for (let header = await nextHeader(source); header !== undefined; header = await nextHeader(source)) {
      const { entry, left } = header;
      const rest = { bytes: left };
      yield { ...entry, contents: contentsOf(source, rest) };
      await drain(contentsOf(source, rest));
      await source.take((BLOCK_BYTES - (left % BLOCK_BYTES)) % BLOCK_BYTES);
    }
  } finally {
    await source.close();
  }
}

async function nextHeader(
  source: ByteSource,
): Promise<{ readonly entry: ArchiveEntry; readonly left: number } | undefined> {
  let attributes: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const header = decodedHeader(await source.take(BLOCK_BYTES));
    if (header === undefined) return undefined;
    if (header.type !== 'x') {
      const entry = entryOf(header, attributes);
      return { entry, left: entry.bytes };
    }
    if (header.bytes > MAX_ATTRIBUTE_BYTES) throw new MalformedArchive('extended attributes are too long');
    attributes = decodedAttributes(await source.take(header.bytes));
    await source.take((BLOCK_BYTES - (header.bytes % BLOCK_BYTES)) % BLOCK_BYTES);
  }
}

function entryOf(header: RawHeader, attributes: ReadonlyMap<string, string>): ArchiveEntry {
  for (const name of attributes.keys()) {
    if (name !== 'path' && name !== 'linkpath')
      throw new MalformedArchive(`an entry has the attribute "${name}"`);
  }
  const path = (attributes.get('path') ?? header.path).replace(/\/$/, '');
  const target = attributes.get('linkpath') ?? header.target;
  switch (header.type) {
    case '0':
      return { path, kind: header.executable ? 'executable' : 'file', bytes: header.bytes, target: '' };
    case '2':
      return { path, kind: 'symlink', bytes: 0, target };
    case '5':
      return { path, kind: 'folder', bytes: 0, target: '' };
    default:
      throw new MalformedArchive(`"${path}" is neither a file nor a folder nor a link`);
  }
}

async function* contentsOf(source: ByteSource, rest: { bytes: number }): AsyncGenerator<Buffer> {
  while (rest.bytes > 0) {
    const chunk = await source.some(rest.bytes);
    rest.bytes -= chunk.length;
    yield chunk;
  }
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of chunks);
}
