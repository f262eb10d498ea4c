import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { awsArtifactStore } from '../../src/adapters/aws/artifact-store.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type Account, openAccount, REGION } from './account.ts';

export interface OpenArtifacts {
  readonly account: Account;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly store: ArtifactStore;
  /** A new path on this machine where nothing is yet. */
  readonly freePath: () => string;
}

/** An empty artifact bucket in an account of its own, and a folder to work in. */
export async function openArtifacts(): Promise<OpenArtifacts> {
  const account = await openAccount();
  const s3 = new S3Client(account.settings);
  const bucket = `artifacts-${account.accountId}`;
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: REGION },
    }),
  );
  const folder = await temporaryFolder();
  const freePath = () => join(folder, randomUUID());
  return { account, s3, bucket, store: awsArtifactStore(s3, bucket), freePath };
}
