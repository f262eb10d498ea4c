import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { systemErrorCode } from '../../../domain/errors.ts';
import { MalformedArchive } from './tar-format.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** @throws {MalformedArchive} while it is read: these bytes were not compressed by gzip, or are cut off */
export async function* decompressed(bytes: Bytes): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (systemErrorCode(error)?.startsWith('Z_') !== true) throw error;
    throw new MalformedArchive('the archive is damaged', { cause: error });
  }
}

/** Equal bytes compress to equal bytes: gzip's header has no time here. */
export async function* compressed(bytes: Bytes, level = 6): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level });
  pipeline(Readable.from(bytes), gzip, () => undefined);
  yield* gzip as AsyncIterable<Buffer>;
}

/** All of it in memory: what has to be sent more than once when the connection breaks cannot be a stream. */
export async function collected(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
