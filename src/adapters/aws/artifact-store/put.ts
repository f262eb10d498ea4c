import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { asHiveMindError } from '../../../domain/errors.ts';
import type { ArtifactFacts, ArtifactManifest } from '../../../ports/artifact-store.ts';
import { compressed } from '../../anywhere/archive/gzip.ts';
import { fileEntry, folderEntries, folderEntry, tarOf } from '../../anywhere/archive/tar-writer.ts';
import { sealedTree } from '../../anywhere/artifact/sealed-tree.ts';
import { asked } from '../aws-failure.ts';
import { type ArtifactBucket, archiveKey, FILES_FOLDER, MAX_ARCHIVE_BYTES } from './bucket.ts';
import { findIntact } from './find.ts';
import { archiveTooLarge } from './inspect-archive.ts';
import { storeManifest } from './store-manifest.ts';

/**
 * Packs a folder and stores it. The archive carries the facts, so that equal folders with other facts are other artifacts.
 * @throws {HiveMindError} UnsafeRepository: a link leaves the folder; RepositoryTooLarge
 */
export async function putArtifact(
  store: ArtifactBucket,
  directory: string,
  facts: ArtifactFacts,
): Promise<ArtifactManifest> {
  try {
    const description = { version: 1, ...facts, ...sealedTree(directory) } as const;
    const archive = await packedArchive(directory, JSON.stringify(description));
    if (archive.length > MAX_ARCHIVE_BYTES) throw archiveTooLarge();
    const digest = createHash('sha256').update(archive).digest();
    const manifest = { ...description, id: `sha256-${digest.toString('hex')}` };
    if (!(await findIntact(store, manifest.id))) await storeArtifact(store, manifest, archive, digest);
    await rm(directory, { recursive: true, force: true });
    return manifest;
  } catch (error) {
    throw asHiveMindError(error);
  }
}

async function packedArchive(directory: string, description: string): Promise<Buffer> {
  const entries = async function* () {
    yield fileEntry('manifest.json', Buffer.from(description));
    yield folderEntry(FILES_FOLDER);
    yield* folderEntries(directory, `${FILES_FOLDER}/`, { folders: 'all' });
  };
  const chunks: Buffer[] = [];
  for await (const chunk of compressed(tarOf(entries()))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function storeArtifact(
  store: ArtifactBucket,
  manifest: ArtifactManifest,
  archive: Buffer,
  digest: Buffer,
): Promise<void> {
  const stored = store.s3.send(
    new PutObjectCommand({
      Bucket: store.bucket,
      Key: archiveKey(manifest.id),
      Body: archive,
      ContentType: 'application/gzip',
      ChecksumSHA256: digest.toString('base64'),
    }),
  );
  await asked(stored, `store the artifact ${manifest.id}`);
  await storeManifest(store, manifest);
}
