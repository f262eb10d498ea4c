import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { openAccount } from './account.ts';

test('accounts of the emulator share nothing', async () => {
  const [one, two] = await Promise.all([openAccount(), openAccount()]);
  const bucket = `first-${one.accountId}`;
  await new S3Client(one.settings).send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  expect((await new S3Client(one.settings).send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  expect((await new S3Client(two.settings).send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
});
