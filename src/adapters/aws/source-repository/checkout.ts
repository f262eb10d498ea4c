import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolvedSource } from '../../../domain/deployment.ts';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { decompressed } from '../../anywhere/archive/gzip.ts';
import { MalformedArchive } from '../../anywhere/archive/tar-format.ts';
import { unpack } from '../../anywhere/archive/unpack.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { ARCHIVE_LIMITS } from './open.ts';
import { readArchive, type SourceBucket } from './stored-source.ts';

/**
 * Writes the files of a stored source into `directory`, which must not exist.
 * @throws {HiveMindError} SourceNotFound, UnsafeRepository, DiskFull, Cancelled
 */
export async function checkoutSource(
  store: SourceBucket,
  source: ResolvedSource,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    signal?.throwIfAborted();
    const archive = await readArchive(store, source, signal);
    await mkdir(dirname(directory), { recursive: true });
    await unpack(decompressed(archive), directory, { limits: ARCHIVE_LIMITS, signal });
  } catch (error) {
    if (signal?.aborted) {
      throw new HiveMindError('Cancelled', 'the work was cancelled', { hint: 'run the command again' });
    }
    throw error instanceof MalformedArchive ? unreadableCopy(error) : asHiveMindError(error);
  }
}
