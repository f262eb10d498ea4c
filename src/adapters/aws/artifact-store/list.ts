import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isArtifactId } from '../../anywhere/artifact/manifest.ts';
import { asked } from '../aws-failure.ts';
import { ARTIFACT_PREFIX, type ArtifactBucket } from './bucket.ts';

export async function listArtifacts({ s3, bucket }: ArtifactBucket): Promise<readonly string[]> {
  const ids: string[] = [];
  let from: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await asked(
      s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: ARTIFACT_PREFIX,
          Delimiter: '/',
          ContinuationToken: from,
        }),
      ),
      'list the artifacts',
    );
    ids.push(
      ...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(ARTIFACT_PREFIX.length, -1)),
    );
    from = page.NextContinuationToken;
  } while (from !== undefined);
  return ids.filter(isArtifactId).sort();
}
