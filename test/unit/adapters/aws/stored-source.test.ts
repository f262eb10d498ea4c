import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, jest, test } from '@jest/globals';
import { findCommit, readArchive } from '../../../../src/adapters/aws/source-repository/stored-source.ts';

const s3 = new S3Client({ region: 'eu-west-1' });
const store = { s3, bucket: 'artifacts' };
const source = { repository: 'a'.repeat(64), tree: 'b'.repeat(40) };

afterEach(() => {
  jest.restoreAllMocks();
});

const broken = () => Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

/** S3 whose connection ends in the middle of what it reads out. */
function breaking(): void {
  const Body = Object.assign(
    (async function* () {
      yield Buffer.from('the first half');
      throw broken();
    })(),
    { transformToString: async () => Promise.reject(broken()) },
  );
  jest.spyOn(s3, 'send').mockImplementation(async (command) => {
    if (command instanceof GetObjectCommand) return { Body };
    if (command instanceof HeadObjectCommand) return {};
    throw new Error('no other call is made');
  });
}

test('a connection that ends in the middle of an archive is for the workflow to try again', async () => {
  breaking();
  const archive = await readArchive(store, source);
  const read = async () => {
    for await (const chunk of archive) expect(chunk).toBeDefined();
  };
  await expect(read()).rejects.toMatchObject({ code: 'AwsUnavailable', kind: { transient: true } });
});

test('a connection that ends in the middle of what is known of a commit is for the workflow to try again', async () => {
  breaking();
  const found = findCommit(store, source.repository, 'c'.repeat(40));
  await expect(found).rejects.toMatchObject({ code: 'AwsUnavailable', kind: { transient: true } });
});
