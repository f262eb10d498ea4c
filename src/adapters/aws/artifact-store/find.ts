import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import type { ArtifactManifest } from '../../../ports/artifact-store.ts';
import { corruptManifest, isArtifactId, manifestShape } from '../../anywhere/artifact/manifest.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { type ArtifactBucket, archiveKey, manifestKey, NOT_THERE } from './bucket.ts';

/** Undefined also for one whose archive is gone: it cannot be run. @throws {HiveMindError} ArtifactCorrupt */
export async function findArtifact(
  { s3, bucket }: ArtifactBucket,
  id: string,
): Promise<ArtifactManifest | undefined> {
  if (!isArtifactId(id)) return undefined;
  const what = `look up the artifact ${id}`;
  const manifest = s3.send(new GetObjectCommand({ Bucket: bucket, Key: manifestKey(id) }));
  const answer = await askedUnless(manifest, NOT_THERE, what);
  if (!answer?.Body) return undefined;
  const text = await asked(answer.Body.transformToString(), what);
  const archive = s3.send(new HeadObjectCommand({ Bucket: bucket, Key: archiveKey(id) }));
  if (!(await askedUnless(archive, NOT_THERE, what))) return undefined;
  return parsedManifest(id, text);
}

/** The same for whoever stores it again: a corrupt artifact makes room for its successor. */
export async function findIntact(store: ArtifactBucket, id: string): Promise<ArtifactManifest | undefined> {
  try {
    return await findArtifact(store, id);
  } catch (error) {
    if (error instanceof HiveMindError && error.code === 'ArtifactCorrupt') return undefined;
    throw error;
  }
}

function parsedManifest(id: string, text: string): ArtifactManifest {
  try {
    const manifest = manifestShape.parse(JSON.parse(text));
    if (manifest.id === id) return manifest;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw corruptManifest(id, 'cannot be read', cause);
  }
  throw corruptManifest(id, 'does not belong to its id');
}
