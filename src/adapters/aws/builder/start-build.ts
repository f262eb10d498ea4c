import { type CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUILD_VARIABLES, type BuildJob } from '../../../contracts/build-program.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import { unreadableCopy } from '../../anywhere/source/nothing-to-fetch.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { archiveKey } from '../source-repository/stored-source.ts';
import { attemptKeys, type BuildBucket, type BuildRecord } from './build-record.ts';
import { addressToRead, addressToWrite } from './presign.ts';
import { storeProgram } from './programs.ts';

export interface StartOptions extends BuildBucket {
  readonly codebuild: CodeBuildClient;
  readonly buildProject: string;
  /** Bytes of the bundled build program. */
  readonly program: () => Promise<Uint8Array>;
  /** Bytes of the bundled instance program, which travels with every artifact. */
  readonly instanceProgram?: (() => Promise<Uint8Array>) | undefined;
  /** @default 900 */
  readonly timeoutSeconds?: number | undefined;
  /** Whether artifacts carry the Node that instances run them with. @default true */
  readonly carriesRuntime?: boolean | undefined;
}

const DEFAULT_TIMEOUT_SECONDS = 900;

/** What CodeBuild is started with: addresses of the program and of a job that says the rest. */
export async function preparedEnvironment(
  options: StartOptions,
  request: BuildRequest,
  { attempt }: BuildRecord,
): Promise<Readonly<Record<string, string>>> {
  await requireSource(options, request);
  const keys = attemptKeys(request.token, attempt);
  const program = await storeProgram(options, 'build-runner', await options.program());
  const job: BuildJob = {
    version: 1,
    request: plain(request),
    timeoutSeconds: options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    carriesRuntime: options.carriesRuntime ?? true,
    sourceUrl: await addressToRead(options, archiveKey(request.source)),
    artifactUrl: await addressToWrite(options, keys.artifact),
    factsUrl: await addressToWrite(options, keys.facts),
    instanceProgram: await instanceProgramOf(options),
  };
  const { s3, bucket } = options;
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: keys.job,
    Body: JSON.stringify(job),
    ContentType: 'application/json',
  });
  await asked(s3.send(put), 'store the job of a build');
  return {
    [BUILD_VARIABLES.programUrl]: await addressToRead(options, program.key),
    [BUILD_VARIABLES.programSha256]: program.sha256,
    [BUILD_VARIABLES.jobUrl]: await addressToRead(options, keys.job),
  };
}

/** The same attempt is one build, however often it is started. Returns its id. */
export async function startBuild(
  { codebuild, buildProject, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: StartOptions,
  { attempt, environment }: BuildRecord,
): Promise<string> {
  const start = new StartBuildCommand({
    projectName: buildProject,
    idempotencyToken: attempt,
    timeoutInMinutesOverride: minutesFor(timeoutSeconds),
    environmentVariablesOverride: Object.entries(environment).map(([name, value]) => ({ name, value })),
  });
  const { build } = await asked(codebuild.send(start), 'start a build');
  return build?.id ?? '';
}

/** What CodeBuild allows at least, or the time of the build itself and of what surrounds it. */
function minutesFor(timeoutSeconds: number): number {
  const LEAST_MINUTES = 5;
  const SURROUNDING_MINUTES = 10;
  return Math.max(LEAST_MINUTES, Math.ceil(timeoutSeconds / 60) + SURROUNDING_MINUTES);
}

/** @throws {HiveMindError} SourceNotFound */
async function requireSource({ s3, bucket }: StartOptions, { source }: BuildRequest): Promise<void> {
  const head = s3.send(new HeadObjectCommand({ Bucket: bucket, Key: archiveKey(source) }));
  const found = await askedUnless(head, ['NotFound', 'NoSuchKey'], 'look for the source of a build');
  if (!found) throw unreadableCopy();
}

async function instanceProgramOf(options: StartOptions): Promise<BuildJob['instanceProgram']> {
  if (!options.instanceProgram) return null;
  const { key, sha256 } = await storeProgram(options, 'instance', await options.instanceProgram());
  return { url: await addressToRead(options, key), sha256 };
}

/** The request with nothing else than what the job has a place for. */
function plain(request: BuildRequest): BuildJob['request'] {
  const { source, environmentNames, ...rest } = request;
  const { repository, commit, tree, subject, warnings } = source;
  return {
    ...rest,
    install: command(request.install),
    build: command(request.build),
    environmentNames: [...environmentNames],
    source: { repository, commit, tree, subject, warnings: [...warnings] },
  };
}

const command = (given: BuildRequest['install']): BuildJob['request']['install'] =>
  given?.kind === 'argv' ? { kind: 'argv', argv: [...given.argv] } : given;
