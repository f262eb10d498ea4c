import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArtifactManifest } from '../../../ports/artifact-store.ts';
import { asked } from '../aws-failure.ts';
import { type ArtifactBucket, manifestKey } from './bucket.ts';

/** Makes an artifact whose archive is there complete. */
export async function storeManifest(
  { s3, bucket }: ArtifactBucket,
  manifest: ArtifactManifest,
): Promise<void> {
  await asked(
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: manifestKey(manifest.id),
        Body: JSON.stringify(manifest),
        ContentType: 'application/json',
      }),
    ),
    `store the manifest of the artifact ${manifest.id}`,
  );
}
