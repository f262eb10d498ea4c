import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { isArtifactId } from '../../anywhere/artifact/manifest.ts';
import { asked } from '../aws-failure.ts';
import { type ArtifactBucket, archiveKey, manifestKey } from './bucket.ts';

/** The manifest first: nobody takes half an artifact for a whole one. */
export async function removeArtifact({ s3, bucket }: ArtifactBucket, id: string): Promise<void> {
  if (!isArtifactId(id)) return;
  for (const Key of [manifestKey(id), archiveKey(id)]) {
    await asked(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })), `remove the artifact ${id}`);
  }
}
