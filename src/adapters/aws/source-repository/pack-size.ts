import { type InflateRaw, inflateSync } from 'node:zlib';
import { Errors } from 'isomorphic-git';
import { inMebibytes, type SourceLimits, tooLarge } from '../../anywhere/source/source-size.ts';

const HEADER_BYTES = 12;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const OBJECT_ID_BYTES = 20;

/**
 * Refuses a pack whose objects are too many or too large when they are unpacked, before anything is: a few bytes of it can
 * stand for gigabytes, compressed or as a delta (gitformat-pack).
 * @throws {HiveMindError} RepositoryTooLarge
 */
export function assertPackSize(pack: Buffer, limits: SourceLimits): void {
  if (pack.length < HEADER_BYTES || pack.toString('latin1', 0, 4) !== 'PACK') throw malformed();
  const objects = pack.readUInt32BE(8);
  // Folders are objects too, and the commit.
  if (objects > 2 * limits.files + 2) throw tooLarge(`more than ${limits.files} files and folders`);
  let left = limits.bytes;
  let at = HEADER_BYTES;
  for (let object = 0; object < objects; object += 1) {
    const { bytes, end } = objectAt(pack, at, left);
    left -= bytes;
    if (left < 0) throw tooLarge(`more than ${inMebibytes(limits.bytes)} MiB`);
    at = end;
  }
}

function objectAt(
  pack: Buffer,
  start: number,
  left: number,
): { readonly bytes: number; readonly end: number } {
  const cursor = new Cursor(pack, start);
  const { type, size } = cursor.typeAndSize();
  if (size > left) return { bytes: size, end: start };
  if (type === OFFSET_DELTA) cursor.skipNumber();
  if (type === REFERENCE_DELTA) cursor.at += OBJECT_ID_BYTES;
  const { contents, length } = inflated(pack.subarray(cursor.at), size);
  const end = cursor.at + length;
  if (type !== OFFSET_DELTA && type !== REFERENCE_DELTA) return { bytes: size, end };
  const delta = new Cursor(contents, 0);
  delta.number();
  return { bytes: size + delta.number(), end };
}

function inflated(data: Buffer, size: number): { readonly contents: Buffer; readonly length: number } {
  const MIN_CHUNK_BYTES = 64;
  const MAX_CHUNK_BYTES = 65_536;
  const chunkSize = Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, size + 1));
  try {
    // With `info` the engine comes along, which knows how much of the data it has used; the types do not have it.
    const result: unknown = inflateSync(data, { info: true, maxOutputLength: size + 1, chunkSize });
    const { buffer, engine } = result as { readonly buffer: Buffer; readonly engine: InflateRaw };
    return { contents: buffer, length: engine.bytesWritten };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Reads the numbers of a pack, seven bits a byte. */
class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  typeAndSize(): { readonly type: number; readonly size: number } {
    const first = this.#next();
    const rest = (first & 0x80) === 0 ? 0 : this.number();
    return { type: (first >> 4) & 7, size: (first & 15) + rest * 16 };
  }

  /** The least significant bits come first. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#next();
      value += (byte & 0x7f) * factor;
      if ((byte & 0x80) === 0) return value;
    }
  }

  skipNumber(): void {
    while ((this.#next() & 0x80) !== 0);
  }

  #next(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw malformed();
    this.at += 1;
    return byte;
  }
}

const malformed = (cause?: unknown): Error =>
  Object.assign(new Errors.ParseError('a pack', 'something else'), { cause });
