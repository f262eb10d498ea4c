import { PutObjectCommand } from '@aws-sdk/client-s3';
import { asked } from '../aws-failure.ts';
import { keysUnder, removeKeys } from '../bucket-keys.ts';
import { type BuildBucket, buildPrefix } from './build-record.ts';

/** Which builds a source has had: `builds/of/<repository>/<token>`. */
const indexPrefix = (repository: string): string => `builds/of/${repository}/`;

/** Writes down whose build it is, so that it can be forgotten with its source. */
export async function noteSource(
  { s3, bucket }: BuildBucket,
  repository: string,
  token: string,
): Promise<void> {
  const Key = `${indexPrefix(repository)}${encodeURIComponent(token)}`;
  const put = new PutObjectCommand({ Bucket: bucket, Key, Body: token, ContentType: 'text/plain' });
  await asked(s3.send(put), 'remember a build');
}

/** Removes what is kept of the builds of a source. */
export async function forgetBuilds(store: BuildBucket, repository: string): Promise<void> {
  const prefix = indexPrefix(repository);
  for (const key of await keysUnder(store, prefix)) {
    const token = decodeURIComponent(key.slice(prefix.length));
    await removeKeys(store, [...(await keysUnder(store, buildPrefix(token))), key]);
  }
}
