import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { collected } from '../../src/adapters/anywhere/archive/gzip.ts';
import { removeArtifact } from '../../src/adapters/aws/artifact-store/remove.ts';
import { stopBuild } from '../../src/adapters/aws/builder/stop-build.ts';
import { awsBuilder } from '../../src/adapters/aws/builder.ts';
import { finished, javaScript, shell } from '../contracts/builder.contract.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type AwsBuilderHarness, makeAwsBuilder } from './builder-harness.ts';
import type { ProxiedCall } from './proxy.ts';

const run = promisify(execFile);
const files = { 'server.js': 'console.log(1)' };

async function keysUnder({ s3, bucket }: AwsBuilderHarness, prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** The artifact as an instance sees it. */
async function unpacked({ s3, bucket }: AwsBuilderHarness, id: string): Promise<string> {
  const get = new GetObjectCommand({ Bucket: bucket, Key: `artifacts/${id}/artifact.tar.gz` });
  const { Body } = await s3.send(get);
  const folder = join(await temporaryFolder(), 'release');
  await mkdir(folder);
  await writeFile(`${folder}.tar.gz`, await collected(Body as unknown as AsyncIterable<Uint8Array>));
  await run('tar', ['-xzf', `${folder}.tar.gz`, '-C', folder]);
  return folder;
}

describe('an artifact', () => {
  test('carries the runtime, the instance program, and npm in the PATH of an instance that is started with it', async () => {
    const harness = await makeAwsBuilder({
      carriesRuntime: true,
      instanceProgram: async () => Buffer.from('console.log("instance")'),
    });
    const application = { 'package.json': '{"scripts": {"start": "node -p 40+2"}}' };
    const { artifact } = await finished(harness.builder, harness.request(application, { needsNpm: true }));
    expect(artifact.files).toBe(1);
    const release = await unpacked(harness, artifact.id);
    const node = join(release, 'runtime/bin/node');
    const instance = await run(node, [join(release, 'instance/instance.mjs')]);
    expect(instance.stdout).toBe('instance\n');
    expect((await run(node, ['--version'])).stdout).toBe(`v${artifact.runtimeVersion}\n`);
    const options = {
      cwd: join(release, 'files'),
      env: { PATH: `${join(release, 'runtime/bin')}:/usr/bin:/bin`, HOME: release },
    };
    const started = await run('/usr/bin/env', ['--', 'npm', 'start', '--silent'], options);
    expect(started.stdout).toBe('42\n');
  });
});

describe('another process', () => {
  test('finds the build that one has started, and its result', async () => {
    const { builder, request, options, codebuild } = await makeAwsBuilder();
    const asked = request(files, { build: javaScript('setTimeout(() => {}, 200)') });
    expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
    const first = await finished(awsBuilder(options), asked);
    const again = await finished(awsBuilder(options), asked);
    expect(again.artifact).toEqual(first.artifact);
    expect(codebuild.started).toBe(1);
  });

  test('builds anew when the result is gone', async () => {
    const { builder, request, options, codebuild, s3, bucket } = await makeAwsBuilder();
    const asked = request(files);
    const { artifact } = await finished(builder, asked);
    await removeArtifact({ s3, bucket }, artifact.id);
    expect((await finished(awsBuilder(options), asked)).artifact.id).toBe(artifact.id);
    expect(codebuild.started).toBe(2);
  });

  test('stops the build that one has started', async () => {
    const { builder, request, options, codebuild } = await makeAwsBuilder();
    const asked = request(files, { build: javaScript('setInterval(() => {}, 1000)') });
    expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
    const aborted = awsBuilder(options).build(asked, { patienceSeconds: 60, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'Cancelled' });
    expect(codebuild.started).toBe(1);
    expect(await finished(builder, { ...asked, build: null })).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('stops the build by nothing but its token', async () => {
    const { builder, request, options, calls } = await makeAwsBuilder();
    const asked = request(files, { build: javaScript('setInterval(() => {}, 1000)') });
    expect(await builder.build(asked, { patienceSeconds: 0 })).toEqual({ status: 'RUNNING' });
    for (let time = 0; time < 2; time += 1) await stopBuild(options, asked.token);
    expect(calls.filter(({ action }) => action === 'StopBuild')).toHaveLength(1);
    expect(await finished(builder, { ...asked, build: null })).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a start whose answer is lost', () => {
  test('is one build', async () => {
    const harness = await makeAwsBuilder({}, { loseFirst: 'StartBuild' });
    await finished(harness.builder, harness.request(files));
    expect(harness.calls.filter(({ action }) => action === 'StartBuild').length).toBeGreaterThan(1);
    expect(harness.codebuild.started).toBe(1);
  });
});

test('a log is copied whole and once when the answers to what is remembered are lost', async () => {
  let writes = 0;
  const isLost = ({ action }: ProxiedCall) =>
    action.startsWith('PUT ') && action.includes('/build.json') && ++writes % 2 === 1;
  const harness = await makeAwsBuilder({}, {}, isLost);
  const build = javaScript("for (const n of [1, 2, 3]) console.log('line ' + n)");
  await finished(harness.builder, harness.request(files, { build }));
  expect(writes).toBeGreaterThan(4);
  expect(harness.codebuild.started).toBe(1);
  expect(harness.log().filter((line) => /line \d$/.test(line))).toEqual(
    [1, 2, 3].map((n) => expect.stringContaining(`line ${n}`)),
  );
});

describe('a build that ends without a word of its program', () => {
  const phase = (phaseType: string, phaseStatus: string) => ({
    phases: [{ phaseType, phaseStatus, contexts: [{ message: 'no more memory' }] }],
  });

  test.each([
    ['BuildFailed', { buildStatus: 'FAILED', ...phase('BUILD', 'FAILED') }],
    ['AwsUnavailable', { buildStatus: 'FAILED', ...phase('INSTALL', 'FAILED') }],
    ['AwsUnavailable', { buildStatus: 'FAULT', ...phase('PROVISIONING', 'FAULT') }],
    ['BuildTimedOut', { buildStatus: 'TIMED_OUT', ...phase('BUILD', 'TIMED_OUT') }],
    ['QuotaExceeded', { buildStatus: 'TIMED_OUT', ...phase('QUEUED', 'TIMED_OUT') }],
    ['Cancelled', { buildStatus: 'STOPPED', phases: [] }],
  ])('fails with %s', async (code, outcome) => {
    const { builder, request } = await makeAwsBuilder({}, { instead: () => outcome });
    await expect(finished(builder, request(files))).rejects.toMatchObject({ code });
  });

  test('fails with the last lines of its log', async () => {
    const crash = `console.log('build: compiling'); process.kill(process.pid, 'SIGKILL')`;
    const { builder, request } = await makeAwsBuilder({ program: async () => Buffer.from(crash) });
    await expect(finished(builder, request(files))).rejects.toMatchObject({
      code: 'BuildFailed',
      logTail: ['compiling'],
    });
  });
});

test('fails with SourceNotFound for a source that is not stored', async () => {
  const { options, request, codebuild } = await makeAwsBuilder();
  await expect(finished(awsBuilder(options), request({ 'another.js': '' }))).rejects.toMatchObject({
    code: 'SourceNotFound',
  });
  expect(codebuild.started).toBe(0);
});

test('fails with QuotaExceeded when the account may not start another build', async () => {
  const { builder, request } = await makeAwsBuilder({}, { refuse: 'AccountLimitExceededException' });
  await expect(finished(builder, request(files))).rejects.toMatchObject({ code: 'QuotaExceeded' });
});

test('forgets what is kept of the builds of a source, and nothing else', async () => {
  const harness = await makeAwsBuilder();
  const mine = harness.request(files);
  const other = harness.request(files);
  await finished(harness.builder, mine);
  const theirs = { ...other, source: { ...other.source, repository: 'd'.repeat(64) } };
  await finished(harness.builder, theirs);
  await harness.builder.forget(mine.source.repository);
  await harness.builder.forget(mine.source.repository);
  expect(await keysUnder(harness, `builds/${mine.token}/`)).toEqual([]);
  expect(await keysUnder(harness, `builds/${theirs.token}/`)).toContain(`builds/${theirs.token}/build.json`);
  expect(await keysUnder(harness, `builds/of/${mine.source.repository}/`)).toEqual([]);
  const { status } = await finished(harness.builder, { ...mine, build: shell('true') });
  expect(status).toBe('SUCCEEDED');
});
