import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, lstatSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { asHiveMindError, HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { decompressed } from '../../anywhere/archive/gzip.ts';
import { MalformedArchive } from '../../anywhere/archive/tar-format.ts';
import { unpack } from '../../anywhere/archive/unpack.ts';
import { asked, awsFailure } from '../aws-failure.ts';
import { type ArtifactBucket, archiveKey, CONTENT_LIMITS, FILES_FOLDER } from './bucket.ts';
import { findArtifact } from './find.ts';

/**
 * Writes the application's files into `directory`, which must not exist. Nothing is unpacked before the checksum is right.
 * @throws {HiveMindError} ArtifactNotFound, ArtifactCorrupt, UnsafeRepository, DiskFull
 */
export async function unpackArtifact(store: ArtifactBucket, id: string, directory: string): Promise<void> {
  if (!(await findArtifact(store, id))) throw artifactNotFound(id);
  if (lstatSync(directory, { throwIfNoEntry: false })) throw new TypeError(`"${directory}" exists already`);
  const room = join(dirname(directory), `.unpacking-${randomUUID()}`);
  try {
    await mkdir(room, { recursive: true });
    const archive = join(room, 'artifact.tar.gz');
    await download(store, id, archive);
    const contents = join(room, 'contents');
    await unpack(decompressed(createReadStream(archive)), contents, { limits: CONTENT_LIMITS });
    await rename(join(contents, FILES_FOLDER), directory);
  } catch (error) {
    throw error instanceof MalformedArchive ? corrupt(id, error.message) : asHiveMindError(error);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

async function download({ s3, bucket }: ArtifactBucket, id: string, file: string): Promise<void> {
  const what = `fetch the artifact ${id}`;
  const answer = await asked(s3.send(new GetObjectCommand({ Bucket: bucket, Key: archiveKey(id) })), what);
  const hash = createHash('sha256');
  if (answer.Body instanceof Readable) {
    const hashed = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(answer.Body, hashed, createWriteStream(file)).catch((error: unknown) => {
      throw systemErrorCode(error) === 'ENOSPC' ? asHiveMindError(error) : awsFailure(error, what);
    });
  }
  if (`sha256-${hash.digest('hex')}` !== id) throw corrupt(id, 'its checksum is another one');
}

const corrupt = (id: string, why: string): HiveMindError =>
  new HiveMindError('ArtifactCorrupt', `the artifact ${id.slice(0, 19)} is not what was built: ${why}`, {
    hint: 'deploy again: the artifact is then built anew',
  });

const artifactNotFound = (id: string): HiveMindError =>
  new HiveMindError('ArtifactNotFound', `there is no artifact "${id.slice(0, 80)}"`, {
    hint: 'deploy again: the artifact is then built anew',
  });
