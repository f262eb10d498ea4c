import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe } from '@jest/globals';
import { awsSourceRepository } from '../../../src/adapters/aws/source-repository.ts';
import { sourceRepositoryContract } from '../../contracts/source-repository.contract.ts';
import { gitHttpServer } from '../../fixtures/git-http-server.ts';
import { openAccount } from '../account.ts';

describe('AWS source repository', () =>
  sourceRepositoryContract(async () => {
    const account = await openAccount('us-east-1');
    const s3 = new S3Client(account.settings);
    const bucket = `artifacts-${account.accountId}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const sources = awsSourceRepository({
      s3,
      bucket,
      credentialsFor: async () => undefined,
      allowLoopback: true,
    });
    return { sources, publish: gitHttpServer };
  }));
