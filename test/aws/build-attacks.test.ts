import { createHash } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { collected, compressed } from '../../src/adapters/anywhere/archive/gzip.ts';
import {
  type EntryWithContents,
  fileEntry,
  linkEntry,
  tarOf,
} from '../../src/adapters/anywhere/archive/tar-writer.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { finished, shell } from '../contracts/builder.contract.ts';
import { makeAwsBuilder } from './builder-harness.ts';

const files = { 'server.js': 'console.log(1)' };
const archiveOf = (entries: readonly EntryWithContents[]): Promise<Buffer> =>
  collected(compressed(tarOf(entries)));

/**
 * A build that has got hold of its addresses: a program in the place of ours, which uploads what an attacker likes and says
 * whatever it wants about it.
 */
const attacker = (archive: Buffer, facts: object) => ({
  program: async () =>
    Buffer.from(`
      const job = await (await fetch(process.env.HIVEMIND_JOB_URL)).json();
      const put = (url, body) => fetch(url, { method: 'PUT', body });
      await put(job.artifactUrl, Buffer.from('${archive.toString('base64')}', 'base64'));
      await put(job.factsUrl, ${JSON.stringify(JSON.stringify(facts))});
    `),
});

const honestFacts = {
  ok: true,
  runtimeVersion: '24.0.0',
  checksum: 'a'.repeat(64),
  files: 1,
  bytes: 1,
  sbom: [],
  warnings: [],
  archiveSha256: 'b'.repeat(64),
};

describe('an archive made by an attacker', () => {
  test.each<[string, readonly EntryWithContents[], RegExp]>([
    ['a name that climbs', [fileEntry('files/../../etc/cron.d/x', Buffer.from('x'))], /leaves its folder/],
    ['an absolute name', [fileEntry('/etc/cron.d/x', Buffer.from('x'))], /leaves its folder/],
    ['a link that climbs', [linkEntry('files/a', '../../etc')], /leaves the folder/],
  ])('is refused for %s', async (_, entries, message) => {
    const { builder, request, s3, bucket } = await makeAwsBuilder(
      attacker(await archiveOf(entries), honestFacts),
    );
    await expect(finished(builder, request(files))).rejects.toMatchObject({
      code: 'UnsafeRepository',
      message: expect.stringMatching(message),
    });
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: 'artifacts/' });
    expect((await s3.send(list)).Contents ?? []).toEqual([]);
  });

  test.each([
    ['is no archive', Buffer.from('something else')],
    ['is cut off', null],
  ])('is refused when it %s', async (_, archive) => {
    const whole = await archiveOf([fileEntry('files/a', Buffer.alloc(100_000, 'a'))]);
    const uploaded = archive ?? whole.subarray(0, whole.length - 40);
    const { builder, request } = await makeAwsBuilder(attacker(uploaded, honestFacts));
    await expect(finished(builder, request(files))).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
  });
});

describe('facts that lie', () => {
  test('cannot name the artifact of somebody else', async () => {
    const harness = await makeAwsBuilder();
    const victim = await finished(harness.builder, harness.request(files));
    const archive = await archiveOf([fileEntry('files/server.js', Buffer.from('evil'))]);
    const lies = {
      ...honestFacts,
      id: victim.artifact.id,
      archiveSha256: victim.artifact.id.slice('sha256-'.length),
      commit: 'e'.repeat(40),
      tree: 'e'.repeat(40),
      root: '/',
    };
    const attack = await makeAwsBuilder(attacker(archive, lies));
    const asked = attack.request(files);
    const { artifact } = await finished(attack.builder, asked);
    expect(artifact.id).toBe(`sha256-${createHash('sha256').update(archive).digest('hex')}`);
    expect(artifact.id).not.toBe(victim.artifact.id);
    expect(artifact).toMatchObject({ commit: asked.source.commit, tree: asked.source.tree, root: '.' });
    expect(await harness.read(victim.artifact.id, 'server.js')).toBe(files['server.js']);
  });

  test.each([
    ['no facts', 'nothing'],
    ['another code', { ok: false, code: 'ConfirmationMismatch', message: 'm', hint: 'h', logTail: [] }],
    [
      'an endless message',
      { ok: false, code: 'BuildFailed', message: 'm'.repeat(9_000), hint: 'h', logTail: [] },
    ],
  ])('are not believed: %s', async (_, facts) => {
    const { builder, request } = await makeAwsBuilder(attacker(Buffer.from('x'), Object(facts)));
    await expect(finished(builder, request(files))).rejects.toMatchObject({ code: 'AwsUnavailable' });
  });

  test('reach nobody with escape sequences', async () => {
    const facts = {
      ok: false,
      code: 'BuildFailed',
      message: 'a\u001b[2Jb',
      hint: 'c\nd',
      logTail: ['e\u0007'],
    };
    const { builder, request } = await makeAwsBuilder(attacker(Buffer.from('x'), facts));
    const failure = await finished(builder, request(files)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HiveMindError);
    expect(failure).toMatchObject({ message: 'ab', hint: 'c d', logTail: ['e\\u0007'] });
  });
});

describe('the commands of a repository', () => {
  const container = {
    environment: {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/secret-of-the-container',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-role',
      CODEBUILD_BUILD_ID: 'secret-of-the-build',
      ECS_CONTAINER_METADATA_URI: 'http://169.254.170.2/secret-of-the-task',
    },
  };

  test('find nothing of the container in their environment', async () => {
    const { builder, request, read } = await makeAwsBuilder({}, container);
    const { artifact } = await finished(builder, request(files, { build: shell('env > env.txt') }));
    const environment = await read(artifact.id, 'env.txt');
    expect(environment).not.toMatch(/secret|^(?:AWS|CODEBUILD|ECS)_|X-Amz-Signature/m);
    expect(environment.match(/^HIVEMIND_\w+/gm)?.sort()).toEqual(['HIVEMIND_BUILD', 'HIVEMIND_OWNER']);
  });

  // Only who may change to another user can keep its own environment from those it starts: in CodeBuild, that is so.
  (process.getuid?.() === 0 ? test : test.skip)('cannot read it from the processes around them', async () => {
    const { builder, request, read } = await makeAwsBuilder({}, container);
    const spy = shell('id -un > who.txt; cat /proc/[0-9]*/environ > env.txt 2> refused.txt; true');
    const { artifact } = await finished(builder, request(files, { build: spy }));
    expect(await read(artifact.id, 'who.txt')).toBe('nobody\n');
    expect(await read(artifact.id, 'env.txt')).not.toMatch(/secret-of|X-Amz-Signature/);
    expect(await read(artifact.id, 'refused.txt')).toMatch(/denied/);
  });
});
