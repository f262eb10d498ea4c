import { FAILURE_KINDS, HiveMindError, isErrorCode } from '../../src/domain/errors.ts';
import { type Execution, isPreview } from '../../src/domain/execution.ts';
import { type Failure, type FailureDetail, failureDetail } from '../../src/domain/failure.ts';
import { type StageName, statusAfterFailure } from '../../src/domain/stage.ts';
import { endOpenStages } from '../../src/stages/end-open-stages.ts';
import {
  type Agent,
  cancelledByOperator,
  findExecution,
  type StagePorts,
} from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { diagnosisMessage, diagnosisOf, type MedicPorts } from './diagnosis.ts';
import { medicEvent } from './schema.ts';

/** Medic: writes down what failed, why, and what helps. Every Catch of a workflow leads here. */
export const medic =
  (ports: MedicPorts): Agent =>
  async (event) => {
    const { executionId, error } = parseEvent(medicEvent, event);
    const execution = await findExecution(ports.store, executionId);
    const { stage, detail } = await whatFailed(ports, execution, error);
    const undiagnosed: Failure = {
      ...detail,
      stage,
      fault: FAILURE_KINDS[detail.code].fault,
      at: ports.clock.now(),
    };
    await ports.store.updateExecution(executionId, { failure: undiagnosed });
    await endOpenStages(ports, execution, { stage, detail });
    const failure = await diagnosed(ports, execution, undiagnosed);
    const deployment = await ports.store.findDeployment(execution.deploymentId);
    // What is live does not depend on a colour without traffic, however badly its removal goes.
    if (deployment && !isPreview(execution) && execution.workflow !== 'retire') {
      await ports.store.updateDeployment(deployment.id, { failure });
      await setStatus(
        ports,
        execution,
        'medic',
        statusAfterFailure(execution.workflow),
        `${failure.code}: ${failure.message}`,
      );
    }
    return { finished: true, code: failure.code };
  };

/** The failure with what it is put down to, on record; a cancelled execution has nothing to diagnose. */
async function diagnosed(ports: MedicPorts, execution: Execution, failure: Failure): Promise<Failure> {
  if (failure.code === 'Cancelled') return failure;
  const diagnosis = await diagnosisOf(ports, execution, failure.stage, failure);
  const known = { ...failure, diagnosis };
  await ports.store.updateExecution(execution.id, { failure: known });
  const { cause, confidence, action, risk } = diagnosis;
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: 'medic',
    type: 'decision',
    message: diagnosisMessage(diagnosis),
    data: { cause, confidence, action, risk },
  });
  return known;
}

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
