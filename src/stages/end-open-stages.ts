import type { Execution } from '../domain/execution.ts';
import { type FailureDetail, failureDetail } from '../domain/failure.ts';
import { STAGES, type StageName, type StageRun } from '../domain/stage.ts';
import type { StagePorts } from './stage-context.ts';

/**
 * Puts an end on record for the stages of an execution that nobody works on any more: one that failed beside another, was between
 * two calls when the workflow ended, or died with its server.
 * @param failed the stage that ended the execution, which fails; the others were stopped
 */
export async function endOpenStages(
  { store, clock }: Pick<StagePorts, 'store' | 'clock'>,
  execution: Pick<Execution, 'id' | 'deploymentId'>,
  failed: { readonly stage: StageName | null; readonly detail: FailureDetail },
): Promise<void> {
  const { id: executionId, deploymentId } = execution;
  for (const run of await store.listStageRuns(executionId)) {
    if (run.status !== 'RUNNING') continue;
    const isCause = run.stage === failed.stage;
    const { code, message } = failed.detail;
    // First the history: an end that is told twice is better than one that is not told.
    await store.appendEvent({
      deploymentId,
      executionId,
      actor: STAGES[run.stage].agent,
      type: isCause ? 'stage.failed' : 'stage.skipped',
      message: isCause ? message : 'stopped with the workflow',
      data: { stage: run.stage, code: isCause ? code : 'Cancelled' },
    });
    const end = { endedAt: clock.now(), summary: isCause ? message : 'stopped' } as const;
    const ended: StageRun = isCause
      ? { ...run, ...end, status: 'FAILED', failure: failureDetail(failed.detail) }
      : { ...run, ...end, status: 'SKIPPED' };
    await store.putStageRun(ended);
  }
}
