import { HiveMindError } from '../../domain/errors.ts';

const BYTES_PER_VALUE = Float32Array.BYTES_PER_ELEMENT;

/** Half the size of the numbers, and more exact than any model that makes them. */
export function embeddingBytes(embedding: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(embedding.length * BYTES_PER_VALUE));
  for (const [index, value] of embedding.entries()) view.setFloat32(index * BYTES_PER_VALUE, value, true);
  return new Uint8Array(view.buffer);
}

/**
 * What `embeddingBytes` made.
 * @throws {HiveMindError} InternalError: damaged
 */
export function embeddingFrom(bytes: unknown): readonly number[] {
  if (!(bytes instanceof Uint8Array) || bytes.length % BYTES_PER_VALUE !== 0) {
    throw new HiveMindError('InternalError', 'a stored embedding is damaged', {
      hint: 'unset the embedding model until the cached answers have run out',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const embedding: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += BYTES_PER_VALUE) {
    embedding.push(view.getFloat32(offset, true));
  }
  return embedding;
}
