import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { digestOf } from '../../../domain/digest.ts';
import { asked, askedUnless } from '../aws-failure.ts';

/** Where builds are remembered: `builds/<token>/build.json`, and beside it a folder for each attempt. */
export interface BuildBucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

const recordShape = z.strictObject({
  version: z.literal(1),
  /** Of this writing: tells the writer whose answer was lost that it was the one. */
  revision: z.uuid().optional(),
  /** One start of the build; CodeBuild's idempotency token. */
  attempt: z.uuid(),
  startedAt: z.string(),
  /**
   * Variables that CodeBuild was asked to start with. They are kept because it refuses the same token with other parameters, and
   * every presigned address is another one.
   */
  environment: z.record(z.string(), z.string()),
  /** Once CodeBuild has answered. */
  buildId: z.string().nullable(),
  /** How far the log was copied. */
  logToken: z.string().nullable(),
  /** When the failure or cancellation was handed out: who asks later asks for a new build. */
  settledAt: z.string().nullable(),
  /** The result of a build that succeeded. */
  artifact: z.string().nullable(),
});
export type BuildRecord = z.infer<typeof recordShape>;

/** A record as it was read or written last; it is replaced only when nobody else has done so. */
export interface StoredRecord {
  readonly record: BuildRecord;
  readonly eTag: string;
}

/** The part of keys that stands for a token. */
const keyPart = (token: string): string => (/^[\w.-]{1,200}$/.test(token) ? token : digestOf(token));

export const buildPrefix = (token: string): string => `builds/${keyPart(token)}/`;
const recordKey = (token: string): string => `${buildPrefix(token)}build.json`;

/** Keys of what one attempt reads and writes: no attempt can touch what belongs to another. */
export const attemptKeys = (token: string, attempt: string) => ({
  job: `${buildPrefix(token)}${attempt}/job.json`,
  artifact: `${buildPrefix(token)}${attempt}/artifact.tar.gz`,
  facts: `${buildPrefix(token)}${attempt}/facts.json`,
});

export const newRecord = (startedAt: string): BuildRecord => ({
  version: 1,
  attempt: randomUUID(),
  startedAt,
  environment: {},
  buildId: null,
  logToken: null,
  settledAt: null,
  artifact: null,
});

export async function findRecord(
  { s3, bucket }: BuildBucket,
  token: string,
): Promise<StoredRecord | undefined> {
  const get = new GetObjectCommand({ Bucket: bucket, Key: recordKey(token) });
  const found = await askedUnless(s3.send(get), ['NoSuchKey', 'NotFound'], 'look for a build');
  if (found?.Body === undefined) return undefined;
  const record = recordShape.safeParse(
    JSON.parse(await asked(found.Body.transformToString(), 'read a build')),
  );
  // What another version of HiveMind has left is replaced like a settled build.
  return { record: record.data ?? { ...newRecord(''), settledAt: '' }, eTag: found.ETag ?? '' };
}

/** @returns undefined when somebody else has written meanwhile @param before what the new record replaces, if anything */
export async function writeRecord(
  options: BuildBucket,
  token: string,
  changed: BuildRecord,
  before: StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  const record = { ...changed, revision: randomUUID() };
  const put = new PutObjectCommand({
    Bucket: options.bucket,
    Key: recordKey(token),
    Body: JSON.stringify(record),
    ContentType: 'application/json',
    ...(before ? { IfMatch: before.eTag } : { IfNoneMatch: '*' }),
  });
  const conflicts = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
  const written = await askedUnless(options.s3.send(put), conflicts, 'remember a build');
  if (written) return { record, eTag: written.ETag ?? '' };
  // The SDK makes a call again whose answer was lost, and is refused because of its own first one.
  const found = await findRecord(options, token);
  return found?.record.revision === record.revision ? found : undefined;
}
