import { FAILURE_KINDS, HiveMindError, isErrorCode } from '../../src/domain/errors.ts';
import { type Execution, isPreview } from '../../src/domain/execution.ts';
import { type Failure, type FailureDetail, failureDetail } from '../../src/domain/failure.ts';
import type { StageName } from '../../src/domain/stage.ts';
import {
  type Agent,
  cancelledByOperator,
  findExecution,
  type StagePorts,
} from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { medicEvent } from './schema.ts';

/** Medic: writes down what failed and why. Every Catch of a workflow leads here. */
export const medic =
  (ports: StagePorts): Agent =>
  async (event) => {
    const { executionId, error } = parseEvent(medicEvent, event);
    const execution = await findExecution(ports.store, executionId);
    const { stage, detail } = await whatFailed(ports, execution, error);
    const failure: Failure = {
      ...detail,
      stage,
      fault: FAILURE_KINDS[detail.code].fault,
      at: ports.clock.now(),
    };
    await ports.store.updateExecution(executionId, { failure });
    const deployment = await ports.store.findDeployment(execution.deploymentId);
    if (deployment && !isPreview(execution)) {
      await ports.store.updateDeployment(deployment.id, { failure });
      await setStatus(ports, execution, 'medic', 'FAILED', `${failure.code}: ${failure.message}`);
    }
    return { finished: true, code: failure.code };
  };

async function whatFailed(
  ports: StagePorts,
  execution: Execution,
  error: { readonly Error: string; readonly Cause?: unknown },
): Promise<{ stage: StageName | null; detail: FailureDetail }> {
  const runs = await ports.store.listStageRuns(execution.id);
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
function fromWorkflow(
  error: { readonly Error: string; readonly Cause?: unknown },
  name: string,
): HiveMindError {
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
