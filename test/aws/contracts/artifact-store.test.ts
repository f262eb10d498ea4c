import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from '@jest/globals';
import { adoptArtifact } from '../../../src/adapters/aws/artifact-store/adopt.ts';
import { archiveKey, manifestKey } from '../../../src/adapters/aws/artifact-store/bucket.ts';
import { artifactStoreContract, someFacts } from '../../contracts/artifact-store.contract.ts';
import { anArchive, fileEntry, someBuildFacts } from '../../fixtures/archives.ts';
import { type OpenArtifacts, openArtifacts } from '../artifact-bucket.ts';
import { type Fate, openProxy, type ProxiedCall } from '../proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const sourceKey = 'builds/a token/artifact.tar.gz';
const good = () => anArchive([fileEntry('files/server.js', Buffer.from('console.log(1)'))]);

async function uploaded(archive: Buffer): Promise<OpenArtifacts> {
  const artifacts = await openArtifacts();
  await upload(artifacts, archive);
  return artifacts;
}

const upload = ({ s3, bucket }: OpenArtifacts, Body: Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: sourceKey, Body }));

async function behind({ account }: OpenArtifacts, decide: (call: ProxiedCall) => Fate | Promise<Fate>) {
  const proxy = await openProxy(account, decide);
  closing.push(proxy.close);
  return { s3: new S3Client(proxy.account.settings), calls: proxy.calls };
}

describe('artifact store in S3', () => {
  artifactStoreContract(openArtifacts);

  test('does not find an artifact whose archive is gone', async () => {
    const artifacts = await uploaded(await good());
    const { s3, bucket, store } = artifacts;
    const { id } = await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: archiveKey(id) }));
    expect(await store.find(id)).toBeUndefined();
    expect(await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts })).toMatchObject({ id });
    expect(await store.find(id)).toMatchObject({ id });
  });

  test.each(['', '{"version":1}', '[]'])('fails with ArtifactCorrupt for a manifest of %j', async (text) => {
    const artifacts = await uploaded(await good());
    const { s3, bucket, store } = artifacts;
    const { id } = await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: manifestKey(id), Body: Buffer.from(text) }));
    await expect(store.find(id)).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    expect(await store.find(id)).toMatchObject({ id });
  });

  test('unpacks nothing of an archive with another checksum', async () => {
    const { s3, bucket, store, freePath } = await uploaded(await good());
    const { id } = await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    const Body = await anArchive([fileEntry('files/evil.js', Buffer.from('1'))]);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: archiveKey(id), Body }));
    const directory = freePath();
    await expect(store.unpack(id, directory)).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    expect(await readdir(dirname(directory))).toEqual([]);
  });
});

describe('adopting what a build has uploaded', () => {
  test('makes it an artifact under the checksum of its bytes', async () => {
    const archive = await good();
    const { s3, bucket, store, freePath } = await uploaded(archive);
    const manifest = await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    expect(manifest).toEqual({
      ...someFacts,
      version: 1,
      id: `sha256-${createHash('sha256').update(archive).digest('hex')}`,
      checksum: someBuildFacts.checksum,
      sbom: someBuildFacts.sbom,
      files: 1,
      bytes: 14,
    });
    expect(await store.find(manifest.id)).toEqual(manifest);
    const directory = freePath();
    await store.unpack(manifest.id, directory);
    expect(await readFile(join(directory, 'server.js'), 'utf8')).toBe('console.log(1)');
    expect(await adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts })).toEqual(manifest);
    expect(await store.list()).toEqual([manifest.id]);
  });

  test('is right although every answer was lost once', async () => {
    const artifacts = await uploaded(await good());
    const seen = new Set<string>();
    const { s3, calls } = await behind(artifacts, ({ action }) => {
      if (!action.startsWith('PUT') || seen.has(action)) return 'pass';
      seen.add(action);
      return 'lose';
    });
    const { id } = await adoptArtifact(s3, artifacts.bucket, { sourceKey, facts: someBuildFacts });
    expect(calls.filter(({ action }) => action.startsWith('PUT'))).toHaveLength(4);
    expect(await artifacts.store.find(id)).toMatchObject({ id });
  });

  // The emulator copies whatever the condition says; the proxy answers as S3 does when the object has changed.
  test('fails with ArtifactCorrupt when the build writes again meanwhile', async () => {
    const artifacts = await uploaded(await good());
    const { s3 } = await behind(artifacts, ({ action }) =>
      action.startsWith('PUT') && action.includes('artifact.tar.gz')
        ? {
            status: 412,
            body: '<Error><Code>PreconditionFailed</Code></Error>',
            contentType: 'application/xml',
          }
        : 'pass',
    );
    const adopted = adoptArtifact(s3, artifacts.bucket, { sourceKey, facts: someBuildFacts });
    await expect(adopted).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    expect(await artifacts.store.list()).toEqual([]);
  });

  test('fails with ArtifactNotFound when nothing was uploaded', async () => {
    const { s3, bucket } = await openArtifacts();
    const adopted = adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    await expect(adopted).rejects.toMatchObject({ code: 'ArtifactNotFound' });
  });

  test.each([
    ['no facts at all', undefined],
    ['a checksum that is none', { ...someBuildFacts, checksum: 'x' }],
    ['an endless list of packages', { ...someBuildFacts, sbom: Array(50_001).fill(someBuildFacts.sbom[0]) }],
    ['another commit than was asked for', { ...someBuildFacts, commit: 'd'.repeat(40) }],
  ])('fails with ArtifactCorrupt for %s', async (_, facts) => {
    const { s3, bucket, store } = await uploaded(await good());
    const expected = { commit: someFacts.commit };
    const adopted = adoptArtifact(s3, bucket, { sourceKey, facts, expected });
    await expect(adopted).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    expect(await store.list()).toEqual([]);
  });

  test('refuses an archive that writes outside of its folder, and stores nothing', async () => {
    const { s3, bucket, store } = await uploaded(
      await anArchive([fileEntry('files/../../etc/cron.d/x', Buffer.from('x'))]),
    );
    const adopted = adoptArtifact(s3, bucket, { sourceKey, facts: someBuildFacts });
    await expect(adopted).rejects.toMatchObject({ code: 'UnsafeRepository' });
    expect(await store.list()).toEqual([]);
  });
});
