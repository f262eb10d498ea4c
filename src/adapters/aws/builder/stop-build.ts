import { type CodeBuildClient, StopBuildCommand } from '@aws-sdk/client-codebuild';
import type { Clock } from '../../../ports/clock.ts';
import { askedUnless } from '../aws-failure.ts';
import { type BuildBucket, findRecord, type StoredRecord, writeRecord } from './build-record.ts';

export interface StopOptions extends BuildBucket {
  readonly codebuild: CodeBuildClient;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Ends the build with this token, if one runs. One that is being started at this moment is ended by whoever starts it, who finds
 * the word that this leaves.
 */
export async function stopBuild(options: StopOptions, token: string): Promise<void> {
  const stored = await findRecord(options, token);
  if (stored) await stopRecorded(options, token, stored);
}

/** Everybody who waits for the build hears that it was cancelled. */
export async function stopRecorded(
  options: StopOptions,
  token: string,
  { record }: StoredRecord,
): Promise<void> {
  const id = record.buildId ?? (await findRecord(options, token))?.record.buildId;
  if (id && record.artifact === null && record.settledAt === null) await endBuild(options, id);
  await settle(options, token, record.attempt);
}

export async function endBuild({ codebuild }: Pick<StopOptions, 'codebuild'>, id: string): Promise<void> {
  const stop = codebuild.send(new StopBuildCommand({ id }));
  await askedUnless(stop, ['ResourceNotFoundException', 'InvalidInputException'], 'stop a build');
}

/** From now on the token stands for a new build, unless that has begun already. */
export async function settle(options: StopOptions, token: string, attempt: string): Promise<void> {
  for (;;) {
    const found = await findRecord(options, token);
    const isOurs = found?.record.attempt === attempt && found.record.settledAt === null;
    if (!found || !isOurs || found.record.artifact !== null) return;
    const record = { ...found.record, settledAt: options.clock.now() };
    if (await writeRecord(options, token, record, found)) return;
  }
}
