import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach } from '@jest/globals';
import { bundleProgram } from '../../bin/bundle-programs.ts';
import { collected, compressed } from '../../src/adapters/anywhere/archive/gzip.ts';
import { fileEntry, linkEntry, tarOf } from '../../src/adapters/anywhere/archive/tar-writer.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { unpackArtifact } from '../../src/adapters/aws/artifact-store/unpack.ts';
import { type AwsBuilderOptions, awsBuilder } from '../../src/adapters/aws/builder.ts';
import { archiveKey, storeArchive } from '../../src/adapters/aws/source-repository/stored-source.ts';
import type { BuildRequest } from '../../src/ports/builder.ts';
import { buildRequest, type RepositoryFiles, treeOf } from '../contracts/build-request.ts';
import type { BuilderHarness } from '../contracts/builder.contract.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type Account, openAccount } from './account.ts';
import { makeBuildProject } from './build-project.ts';
import { type CodeBuildStandIn, codeBuildStandIn, type StandInOptions } from './codebuild-stand-in.ts';
import { openProxy, type ProxiedCall } from './proxy.ts';

const PROJECT = 'hivemind-builds';
const closers: (() => Promise<void>)[] = [];
const bundles = join(tmpdir(), `hivemind-bundles-${process.pid}`);
let bundled: Promise<Buffer> | undefined;

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(async () => {
  await rm(bundles, { recursive: true, force: true });
});

/** The build program as it runs in CodeBuild: one file. */
export function buildProgram(): Promise<Buffer> {
  bundled ??= bundleProgram('build-runner', bundles).then((file) => readFile(file));
  return bundled;
}

export interface AwsBuilderHarness extends BuilderHarness {
  readonly account: Account;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly codebuild: CodeBuildStandIn;
  readonly calls: readonly ProxiedCall[];
  readonly options: AwsBuilderOptions;
}

/** A builder on the emulator and a stand-in for CodeBuild. @param isLost says which of the emulator's answers are lost */
export async function makeAwsBuilder(
  change: Partial<AwsBuilderOptions> = {},
  standIn: StandInOptions = {},
  isLost: (call: ProxiedCall) => boolean = () => false,
): Promise<AwsBuilderHarness> {
  const direct = await openAccount('us-east-1');
  const codebuild = codeBuildStandIn(direct, standIn);
  const proxy = await openProxy(
    direct,
    async (call) => (await codebuild.decide(call)) ?? (isLost(call) ? 'lose' : 'pass'),
  );
  closers.push(
    () => proxy.close(),
    () => codebuild.close(),
  );
  const { settings } = proxy.account;
  const s3 = new S3Client(settings);
  const bucket = `artifacts-${direct.accountId}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await makeBuildProject(direct, PROJECT);
  const lines: string[] = [];
  const options: AwsBuilderOptions = {
    s3,
    bucket,
    codebuild: new CodeBuildClient(settings),
    logs: new CloudWatchLogsClient(settings),
    buildProject: PROJECT,
    program: buildProgram,
    carriesRuntime: false,
    telemetry: { log: (_, { name, text }) => void lines.push(`${name}: ${text}`) },
    clock: {
      now: systemClock.now,
      // Looks more often than anybody would at AWS.
      sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 100), signal),
    },
    ...change,
  };
  return {
    account: proxy.account,
    s3,
    bucket,
    codebuild,
    calls: proxy.calls,
    options,
    builder: storingSources(options),
    log: () => lines,
    read: async (artifact, path) => {
      const folder = join(await temporaryFolder(), 'artifact');
      await unpackArtifact({ s3, bucket }, artifact, folder);
      return readFile(join(folder, path), 'utf8');
    },
    request,
  };
}

const repositories = new Map<string, RepositoryFiles>();

function request(files: RepositoryFiles, change?: Partial<BuildRequest>): BuildRequest {
  repositories.set(treeOf(files), files);
  return buildRequest(files, change);
}

/**
 * Stores the source that a request names before it is built, as the analysis has done by then: once, so that a build is asked for as
 * soon as it is asked here.
 */
function storingSources(options: AwsBuilderOptions) {
  const builder = awsBuilder(options);
  const stored = new Map<string, Promise<void>>();
  const store = async ({ source }: BuildRequest): Promise<void> => {
    const entries = Object.entries(repositories.get(source.tree) ?? {}).map(([path, text]) =>
      text.startsWith('-> ') ? linkEntry(path, text.slice(3)) : fileEntry(path, Buffer.from(text)),
    );
    await storeArchive(options, source, await collected(compressed(tarOf(entries))));
  };
  return {
    ...builder,
    build: async (...[asked, patience]: Parameters<typeof builder.build>) => {
      const key = archiveKey(asked.source);
      const storing = stored.get(key) ?? store(asked);
      stored.set(key, storing);
      await storing;
      return builder.build(asked, patience);
    },
  };
}
