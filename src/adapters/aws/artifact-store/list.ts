import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isArtifactId } from '../../anywhere/artifact/manifest.ts';
import { asked } from '../aws-failure.ts';
import { ARTIFACT_PREFIX, type ArtifactBucket } from './bucket.ts';

export interface DatedArtifact {
  readonly id: string;
  /** ISO time; null where that is not told. */
  readonly changedAt: string | null;
}

export const listArtifacts = async (bucket: ArtifactBucket): Promise<readonly string[]> =>
  (await listDatedArtifacts(bucket)).map(({ id }) => id);

/** In the order of their ids, each with the time of its newest part. */
export async function listDatedArtifacts({ s3, bucket }: ArtifactBucket): Promise<readonly DatedArtifact[]> {
  const times = new Map<string, number | null>();
  let from: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await asked(
      s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: ARTIFACT_PREFIX, ContinuationToken: from })),
      'list the artifacts',
    );
    for (const { Key = '', LastModified } of page.Contents ?? []) {
      const [id = ''] = Key.slice(ARTIFACT_PREFIX.length).split('/');
      if (!isArtifactId(id)) continue;
      const time = Math.max(times.get(id) ?? 0, LastModified?.getTime() ?? 0);
      times.set(id, time === 0 ? null : time);
    }
    from = page.NextContinuationToken;
  } while (from !== undefined);
  return [...times]
    .map(([id, time]) => ({ id, changedAt: time === null ? null : new Date(time).toISOString() }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}
