import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { HiveMindError } from '../../../domain/errors.ts';
import { decompressed } from '../../anywhere/archive/gzip.ts';
import { MalformedArchive } from '../../anywhere/archive/tar-format.ts';
import { entriesOf } from '../../anywhere/archive/tar-reader.ts';
import { ArchiveCheck } from '../../anywhere/archive/unpack.ts';
import { CONTENT_LIMITS, FILES_FOLDER, MAX_ARCHIVE_BYTES } from './bucket.ts';

export interface InspectedArchive {
  /** SHA-256 of the archive itself, as 64 hex digits. */
  readonly digest: string;
  /** Files of the application, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

/**
 * Reads an archive of an untrusted build once: its checksum, and whether whoever unpacks it is safe from it.
 * @throws {HiveMindError} UnsafeRepository: an entry leaves its folder, or is no file, folder or link; RepositoryTooLarge;
 *   ArtifactCorrupt
 */
export async function inspectArchive(archive: Readable): Promise<InspectedArchive> {
  const contents = new PassThrough();
  const counting = counted(contents);
  try {
    const [digest, counts] = await Promise.all([digested(archive, contents), counting]);
    return { digest, ...counts };
  } catch (error) {
    archive.destroy();
    contents.destroy();
    await counting.catch(() => undefined);
    if (!(error instanceof MalformedArchive)) throw error;
    throw new HiveMindError('ArtifactCorrupt', `the build gave no proper archive: ${error.message}`, {
      hint: 'run the command again: the application is then built anew',
      cause: error,
    });
  }
}

/** The whole archive, also what follows the end that its entries have. */
async function digested(archive: Readable, contents: PassThrough): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const closed = once(contents, 'close');
  for await (const chunk of archive as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ARCHIVE_BYTES) throw archiveTooLarge();
    if (!contents.destroyed && !contents.write(chunk)) await Promise.race([once(contents, 'drain'), closed]);
  }
  contents.end();
  return hash.digest('hex');
}

async function counted(contents: PassThrough): Promise<Omit<InspectedArchive, 'digest'>> {
  const check = new ArchiveCheck(CONTENT_LIMITS);
  let files = 0;
  let bytes = 0;
  try {
    for await (const entry of entriesOf(decompressed(contents))) {
      check.add(entry);
      const isFile = entry.kind === 'file' || entry.kind === 'executable';
      if (!isFile || !entry.path.startsWith(`${FILES_FOLDER}/`)) continue;
      files += 1;
      bytes += entry.bytes;
    }
    check.links();
  } finally {
    contents.destroy();
  }
  return { files, bytes };
}

export const archiveTooLarge = (): HiveMindError =>
  new HiveMindError(
    'RepositoryTooLarge',
    `the built application is larger than ${MAX_ARCHIVE_BYTES / 1024 ** 2} MiB, packed`,
    { hint: 'leave out what the application does not need when it runs: data, pictures, development tools' },
  );
