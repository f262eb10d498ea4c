import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ResolvedSource, Source } from '../../../domain/deployment.ts';
import { digestOf } from '../../../domain/digest.ts';
import { locationOf } from '../../../domain/source.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { asked, askedUnless, awsFailure } from '../aws-failure.ts';
import { keysUnder, removeKeys } from '../bucket-keys.ts';

/** Where sources lie: `sources/<repository>/<tree>.tar.gz`, with what is known of commits and who uses them beside it. */
export interface SourceBucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Key of a source's stored copies: the same for every branch of a repository, and however it is reached. */
export const repositoryKey = (source: Source): string => digestOf(locationOf(source));

/** Key of the archive of a tree. @throws {HiveMindError} SourceNotFound: the record names none of ours */
export function archiveKey({ repository, tree }: Pick<ResolvedSource, 'repository' | 'tree'>): string {
  if (!/^[0-9a-f]{64}$/.test(repository) || !/^[0-9a-f]{40,64}$/.test(tree)) throw unreadableCopy();
  return `sources/${repository}/${tree}.tar.gz`;
}

const commitKey = (repository: string, commit: string): string =>
  `sources/${repository}/commits/${commit}.json`;
const usersPrefix = (repository: string): string => `sources/${repository}/users/`;
const userKey = (source: Source): string => `${usersPrefix(repositoryKey(source))}${digestOf(source)}`;

export async function isStored({ s3, bucket }: SourceBucket, key: string): Promise<boolean> {
  const head = s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return (await askedUnless(head, ['NotFound', 'NoSuchKey'], 'look for a stored source')) !== undefined;
}

/** Stores the compressed archive of a source, and what its commit is. */
export async function storeArchive(
  { s3, bucket }: SourceBucket,
  resolved: ResolvedSource,
  archive: Uint8Array,
): Promise<void> {
  const { commit, tree } = resolved;
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: archiveKey(resolved),
    Body: archive,
    ContentType: 'application/gzip',
    Metadata: { commit, tree },
  });
  await asked(s3.send(put), 'store a source');
}

/** @throws {HiveMindError} SourceNotFound: it is not there any more; while it is read: AwsUnavailable */
export async function readArchive(
  { s3, bucket }: SourceBucket,
  source: Pick<ResolvedSource, 'repository' | 'tree'>,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const get = new GetObjectCommand({ Bucket: bucket, Key: archiveKey(source) });
  const found = await askedUnless(
    s3.send(get, signal && { abortSignal: signal }),
    ['NoSuchKey', 'NotFound'],
    'read a stored source',
  );
  if (found?.Body === undefined) throw unreadableCopy();
  // In Node the body is a stream of buffers, whatever else its type allows.
  return arriving(found.Body as unknown as AsyncIterable<Uint8Array>);
}

/** The connection may end in the middle. */
async function* arriving(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw awsFailure(error, 'read a stored source');
  }
}

const commitRecord = z.strictObject({
  commit: z.string(),
  tree: z.string(),
  subject: z.string(),
  warnings: z.array(z.string()),
});

/** What a commit was found to be when it was fetched, if its archive is still there. */
export async function findCommit(
  store: SourceBucket,
  repository: string,
  commit: string,
): Promise<ResolvedSource | undefined> {
  const get = new GetObjectCommand({ Bucket: store.bucket, Key: commitKey(repository, commit) });
  const found = await askedUnless(store.s3.send(get), ['NoSuchKey', 'NotFound'], 'look for a stored commit');
  if (found?.Body === undefined) return undefined;
  const text = await asked(found.Body.transformToString(), 'read a stored commit');
  const record = commitRecord.parse(JSON.parse(text));
  const resolved = { repository, ...record };
  return (await isStored(store, archiveKey(resolved))) ? resolved : undefined;
}

/** Remembers what a commit is. Its archive must be stored before. */
export async function rememberCommit({ s3, bucket }: SourceBucket, resolved: ResolvedSource): Promise<void> {
  const { repository, ...record } = resolved;
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: commitKey(repository, resolved.commit),
    Body: JSON.stringify(record),
    ContentType: 'application/json',
  });
  await asked(s3.send(put), 'remember a commit');
}

/** Writes down that a source uses what is stored of its repository. */
export async function addUser({ s3, bucket }: SourceBucket, source: Source): Promise<void> {
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: userKey(source),
    Body: JSON.stringify(source),
    ContentType: 'application/json',
  });
  await asked(s3.send(put), 'remember a source');
}

/** Removes what is stored of a repository when no other source uses it. */
export async function removeUnlessShared(store: SourceBucket, source: Source): Promise<void> {
  const repository = repositoryKey(source);
  await removeKeys(store, [userKey(source)]);
  const users = await keysUnder(store, usersPrefix(repository));
  if (users.length === 0) await removeKeys(store, await keysUnder(store, `sources/${repository}/`));
}
