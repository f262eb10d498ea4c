import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, type Build } from '@aws-sdk/client-codebuild';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Builder, BuildRequest, BuildState } from '../../../ports/builder.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import { findArtifact } from '../artifact-store/find.ts';
import { asked } from '../aws-failure.ts';
import { type Look, lookUntilSettled, settled, underWay } from '../polling.ts';
import { newLines } from './build-log.ts';
import { cancelled, outcomeOf } from './build-outcome.ts';
import { type BuildRecord, findRecord, newRecord, type StoredRecord, writeRecord } from './build-record.ts';
import { noteSource } from './forget-builds.ts';
import { preparedEnvironment, type StartOptions, startBuild } from './start-build.ts';
import { endBuild, settle, stopRecorded } from './stop-build.ts';

export interface RunOptions extends StartOptions {
  readonly logs: CloudWatchLogsClient;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly clock: Clock;
}

/** A record that never got a build is given up before CodeBuild forgets its token, which it does after five minutes. */
const UNSTARTED_MILLISECONDS = 240_000;
/** How long a result that nobody waits for is kept: the next look comes within seconds, or never. */
const RETENTION_MILLISECONDS = 600_000;

/**
 * Starts the build, or joins the one with the same token, and looks at it until it has ended or patience has. Several callers
 * may do so at once, each in a process of its own: they agree by conditional writes of the build's record.
 */
export async function runBuild(
  options: RunOptions,
  request: BuildRequest,
  { patienceSeconds, signal }: Parameters<Builder['build']>[1],
): Promise<BuildState> {
  const askedAt = options.clock.now();
  const stored = await joined(options, request, askedAt, signal);
  if (signal?.aborted) throw await stopped(options, request, stored);
  const earlier = stored.record.artifact;
  if (earlier !== null) {
    const artifact = await findArtifact(options, earlier);
    if (artifact) return { status: 'SUCCEEDED', artifact, warnings: [] };
  }
  const following = new FollowedBuild(options, request, stored);
  const patience = { patienceSeconds, ...(signal && { signal }) };
  const state = await lookUntilSettled(() => following.look(), patience, options.clock);
  if (signal?.aborted && state.status === 'RUNNING') throw await stopped(options, request, following.stored);
  return state;
}

/** The record of the build that this call is about. A call that is aborted from the beginning leaves word of it, and starts nothing. */
async function joined(
  options: RunOptions,
  request: BuildRequest,
  askedAt: string,
  signal: AbortSignal | undefined,
): Promise<StoredRecord> {
  for (;;) {
    const found = await findRecord(options, request.token);
    if (found && !(await isOver(options, found.record, askedAt))) return found;
    const fresh = newRecord(options.clock.now());
    const record = signal?.aborted
      ? { ...fresh, settledAt: options.clock.now() }
      : { ...fresh, environment: await preparedEnvironment(options, request, fresh) };
    await noteSource(options, request.source.repository, request.token);
    const written = await writeRecord(options, request.token, record, found);
    if (written) return written;
  }
}

/** Whether a call that began at this time asks for a new build. */
async function isOver(options: RunOptions, record: BuildRecord, askedAt: string): Promise<boolean> {
  if (record.artifact !== null) return (await findArtifact(options, record.artifact)) === undefined;
  if (record.settledAt !== null) return record.settledAt < askedAt;
  const age = Date.parse(askedAt) - Date.parse(record.startedAt);
  if (record.buildId === null) return age > UNSTARTED_MILLISECONDS;
  if (age < RETENTION_MILLISECONDS) return false;
  const build = await describedBuild(options, record.buildId);
  if (build?.buildStatus === 'SUCCEEDED' || build?.buildStatus === 'IN_PROGRESS') return false;
  return !build?.endTime || Date.parse(askedAt) - build.endTime.getTime() > RETENTION_MILLISECONDS;
}

/** One build as this call sees it. */
class FollowedBuild {
  readonly #options: RunOptions;
  readonly #request: BuildRequest;
  #stored: StoredRecord;

  constructor(options: RunOptions, request: BuildRequest, stored: StoredRecord) {
    this.#options = options;
    this.#request = request;
    this.#stored = stored;
  }

  get stored(): StoredRecord {
    return this.#stored;
  }

  async look(): Promise<Look<BuildState>> {
    if (this.#isCalledOff) throw cancelled();
    const id = this.#stored.record.buildId ?? (await this.#start());
    if (this.#isCalledOff) {
      await endBuild(this.#options, id);
      throw cancelled();
    }
    const build = await describedBuild(this.#options, id);
    if (!build) throw await this.#failed(lost());
    await this.#copyLog(build);
    if (build.buildStatus === 'IN_PROGRESS') return underWay<BuildState>({ status: 'RUNNING' });
    const outcome = await outcomeOf(this.#options, this.#request, this.#stored.record, build);
    if ('failure' in outcome) throw await this.#failed(outcome.failure);
    await this.#remember({ artifact: outcome.artifact.id });
    return settled<BuildState>({ status: 'SUCCEEDED', artifact: outcome.artifact, warnings: [] });
  }

  /** Somebody has aborted the build before it began. */
  get #isCalledOff(): boolean {
    const { settledAt, buildId } = this.#stored.record;
    return settledAt !== null && buildId === null;
  }

  async #start(): Promise<string> {
    const buildId = await startBuild(this.#options, this.#stored.record);
    await this.#remember({ buildId });
    return buildId;
  }

  /** Of several who look at the same time, only one passes on what all of them have read. */
  async #copyLog(build: Build): Promise<void> {
    const { logs, telemetry } = this.#options;
    const { logToken } = this.#stored.record;
    const { lines, next } = await newLines(logs, build, logToken);
    if (next === logToken || !(await this.#remember({ logToken: next }))) return;
    for (const line of lines) telemetry.log(this.#request.deploymentId, line);
  }

  /** False when somebody else was faster: then their record counts; both know the same build. */
  async #remember(change: Partial<BuildRecord>): Promise<boolean> {
    const { token } = this.#request;
    const record = { ...this.#stored.record, ...change };
    const written = await writeRecord(this.#options, token, record, this.#stored);
    const now = written ?? (await findRecord(this.#options, token));
    if (now?.record.attempt === record.attempt) this.#stored = now;
    return written !== undefined;
  }

  async #failed(error: unknown): Promise<unknown> {
    await settle(this.#options, this.#request.token, this.#stored.record.attempt);
    return error;
  }
}

async function describedBuild({ codebuild }: RunOptions, id: string): Promise<Build | undefined> {
  const { builds } = await asked(codebuild.send(new BatchGetBuildsCommand({ ids: [id] })), 'look at a build');
  return builds?.[0];
}

async function stopped(
  options: RunOptions,
  { token }: BuildRequest,
  stored: StoredRecord,
): Promise<HiveMindError> {
  await stopRecorded(options, token, stored);
  return cancelled();
}

const lost = (): HiveMindError =>
  new HiveMindError('AwsUnavailable', 'CodeBuild does not know the build any more', {
    hint: 'run the command again: the application is then built anew',
  });
