import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type S3Client,
  type _Error as S3Error,
} from '@aws-sdk/client-s3';
import { asked, awsFailure } from './aws-failure.ts';

interface Bucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** All keys that begin like this. */
export async function keysUnder({ s3, bucket }: Bucket, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const page = await asked(s3.send(list), 'list stored objects');
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

/** Removes objects; those that are not there count as removed. */
export async function removeKeys({ s3, bucket }: Bucket, keys: readonly string[]): Promise<void> {
  const MAX_KEYS = 1000;
  for (let start = 0; start < keys.length; start += MAX_KEYS) {
    const Objects = keys.slice(start, start + MAX_KEYS).map((Key) => ({ Key }));
    const remove = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await asked(s3.send(remove), 'remove stored objects');
    if (Errors[0]) throw awsFailure(refusalOf(Errors[0]), `remove "${Errors[0].Key}"`);
  }
}

/** S3 answers 200 also when it has left some of the objects where they are. */
const refusalOf = ({ Code, Message }: S3Error): Error =>
  Object.assign(new Error(Message ?? 'it gave no reason'), { name: Code ?? 'Error' });
