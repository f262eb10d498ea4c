import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Build } from '@aws-sdk/client-codebuild';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type BuildProgramFacts, buildFactsShape } from '../../../contracts/build-program.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { jsonOrUndefined } from '../../../domain/json.ts';
import { logText, singleLine } from '../../../domain/plain-text.ts';
import type { ArtifactManifest } from '../../../ports/artifact-store.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import { adoptArtifact } from '../artifact-store/adopt.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { logTailOf } from './build-log.ts';
import { attemptKeys, type BuildBucket, type BuildRecord } from './build-record.ts';

export interface OutcomeOptions extends BuildBucket {
  readonly logs: CloudWatchLogsClient;
}

export type BuildOutcome = { readonly artifact: ArtifactManifest } | { readonly failure: HiveMindError };

/**
 * What has become of a build that has ended. The artifact is known by the bytes in the bucket alone, and what it was built from
 * by the request: the program's facts only add what cannot be seen from outside.
 * @throws {HiveMindError} it cannot be known now: asking again may help
 */
export async function outcomeOf(
  options: OutcomeOptions,
  request: BuildRequest,
  record: BuildRecord,
  build: Build,
): Promise<BuildOutcome> {
  if (build.buildStatus === 'STOPPED') return { failure: cancelled() };
  const keys = attemptKeys(request.token, record.attempt);
  const facts = await readFacts(options, keys.facts);
  if (facts?.ok === false) return { failure: reported(facts) };
  if (build.buildStatus !== 'SUCCEEDED' || !facts) return { failure: await unexplained(options, build) };
  try {
    return { artifact: await adopted(options, request, keys.artifact, facts) };
  } catch (error) {
    if (!(error instanceof HiveMindError) || error.kind.transient) throw error;
    return { failure: error };
  }
}

function adopted(
  { s3, bucket }: OutcomeOptions,
  { source, root, runtime, environmentNames }: BuildRequest,
  sourceKey: string,
  facts: BuildProgramFacts,
): Promise<ArtifactManifest> {
  const { commit, tree } = source;
  return adoptArtifact(s3, bucket, {
    sourceKey,
    facts: { ...facts, commit, tree, root, runtime, environmentNames },
    expected: { commit, tree, root, runtime },
  });
}

/** Larger facts were not written by our program. */
const MAX_FACTS_BYTES = 16 * 1024 * 1024;

async function readFacts(
  { s3, bucket }: OutcomeOptions,
  key: string,
): Promise<BuildProgramFacts | undefined> {
  const what = 'read what a build has said';
  const get = new GetObjectCommand({ Bucket: bucket, Key: key });
  const found = await askedUnless(s3.send(get), ['NoSuchKey', 'NotFound'], what);
  if (found?.Body === undefined || (found.ContentLength ?? 0) > MAX_FACTS_BYTES) return undefined;
  return buildFactsShape.safeParse(jsonOrUndefined(await asked(found.Body.transformToString(), what))).data;
}

const reported = ({
  code,
  message,
  hint,
  logTail,
}: Extract<BuildProgramFacts, { ok: false }>): HiveMindError =>
  new HiveMindError(code, singleLine(message), { hint: singleLine(hint), logTail: logTail.map(logText) });

/** The build ended before its program could say anything. */
async function unexplained({ logs }: OutcomeOptions, build: Build): Promise<HiveMindError> {
  const logTail = await logTailOf(logs, build);
  const phase = build.phases?.find(({ phaseStatus }) => phaseStatus && phaseStatus !== 'SUCCEEDED');
  const said = phase?.contexts?.map(({ message = '' }) => singleLine(message)).find((text) => text !== '');
  const why = said ? `: ${said.slice(0, 300)}` : '';
  if (build.buildStatus === 'TIMED_OUT') return timedOut(phase?.phaseType, logTail);
  if (phase?.phaseType === 'BUILD') {
    return new HiveMindError('BuildFailed', `the build ended without saying why${why}`, {
      hint: 'look at its last log lines; a build that needs more memory than its container has is ended like this',
      logTail,
    });
  }
  const where = phase?.phaseType ? ` in its phase ${phase.phaseType}` : '';
  return new HiveMindError('AwsUnavailable', `CodeBuild could not run the build${where}${why}`, {
    hint: 'run the command again: finished stages are not repeated',
    logTail,
  });
}

const timedOut = (phase: string | undefined, logTail: readonly string[]): HiveMindError =>
  phase === 'QUEUED'
    ? new HiveMindError('QuotaExceeded', 'the build waited too long for its turn in CodeBuild', {
        hint: 'run the command again when other builds have ended, or raise the quota of concurrent builds',
        logTail,
      })
    : new HiveMindError('BuildTimedOut', 'the build did not end within the time it is given', {
        hint: 'look at its last log lines for what it waits for; a build must not ask questions or start a server',
        logTail,
      });

export const cancelled = (): HiveMindError =>
  new HiveMindError('Cancelled', 'the build was cancelled', { hint: 'deploy again to build it' });
