import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { asked, askedUnless } from '../aws-failure.ts';
import type { BuildBucket } from './build-record.ts';

export interface StoredProgram {
  readonly key: string;
  readonly sha256: string;
}

/** Stores a program under its checksum, once: `programs/build-runner-<sha256>.mjs`. */
export async function storeProgram(
  { s3, bucket }: BuildBucket,
  name: string,
  bytes: Uint8Array,
): Promise<StoredProgram> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const Key = `programs/${name}-${sha256}.mjs`;
  const head = s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
  if (await askedUnless(head, ['NotFound', 'NoSuchKey'], 'look for a program')) return { key: Key, sha256 };
  const put = new PutObjectCommand({ Bucket: bucket, Key, Body: bytes, ContentType: 'text/javascript' });
  await asked(s3.send(put), 'store a program');
  return { key: Key, sha256 };
}
