import { HiveMindError, isErrorCode } from '../../src/domain/errors.ts';
import type { Execution } from '../../src/domain/execution.ts';
import { type FailureDetail, failureDetail } from '../../src/domain/failure.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { cancelledByOperator, type StagePorts } from '../../src/stages/stage-context.ts';
import type { CaughtError } from './schema.ts';

/** The stage that ended the work, and what it said; no stage when the workflow failed between two of them. */
export async function whatFailed(
  ports: Pick<StagePorts, 'store'>,
  execution: Execution,
  error: CaughtError,
): Promise<{ stage: StageName | null; detail: FailureDetail }> {
  // What ended before the workflow began again is another failure: a fix has been made for it.
  const since = execution.resumedAt ?? execution.startedAt;
  const runs = (await ports.store.listStageRuns(execution.id)).filter(
    ({ endedAt }) => endedAt === null || endedAt >= since,
  );
  const failed = runs.findLast(({ status }) => status === 'FAILED');
  if (execution.cancelRequested) {
    const stopped = runs.findLast(({ status }) => status === 'SKIPPED');
    return { stage: stopped?.stage ?? null, detail: failureDetail(cancelledByOperator()) };
  }
  if (failed?.failure) return { stage: failed.stage, detail: failed.failure };
  const running = runs.findLast(({ status }) => status === 'RUNNING');
  return {
    stage: running?.stage ?? null,
    detail: failureDetail(fromWorkflow(error, execution.deploymentName)),
  };
}

/** An error that the workflow raised itself, such as a timeout of Step Functions. */
function fromWorkflow(error: CaughtError, name: string): HiveMindError {
  const cause = typeof error.Cause === 'string' ? error.Cause : JSON.stringify(error.Cause ?? null);
  if (error.Error === 'States.Timeout') {
    return new HiveMindError('StageTimedOut', 'the stage took longer than the workflow allows', {
      hint: 'run the same command again: finished stages are not repeated',
    });
  }
  const code = isErrorCode(error.Error) ? error.Error : 'InternalError';
  return new HiveMindError(code, `${error.Error}: ${cause.slice(0, 500)}`, {
    hint: `run the same command again, and look at \`hivemind logs ${name}\` when it stays`,
  });
}
