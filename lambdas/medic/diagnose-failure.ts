import { CAUSES } from '../../src/domain/diagnosis/taxonomy/causes.ts';
import { type Execution, isPreview } from '../../src/domain/execution.ts';
import { type Failure, failureFrom } from '../../src/domain/failure.ts';
import { ANSWER_SECONDS, answerSecondsLeft } from '../../src/domain/fix.ts';
import { endOpenStages } from '../../src/stages/end-open-stages.ts';
import { findExecution, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { showFailure, showNextStep } from './deployment-status.ts';
import { diagnosisMessage, diagnosisOf } from './diagnosis.ts';
import { judgeEarlierFixes } from './judge-fixes.ts';
import type { MedicPorts } from './ports.ts';
import { type Proposal, proposeFix } from './propose-fix.ts';
import type { CaughtError } from './schema.ts';
import { whatFailed } from './what-failed.ts';

/** Writes down what failed and why, what became of the fix before it, and what is done next. */
export async function diagnoseFailure(
  ports: MedicPorts,
  executionId: string,
  error: CaughtError,
  signal: AbortSignal,
): Promise<TaskAnswer> {
  const execution = await findExecution(ports.store, executionId);
  const { stage, detail } = await whatFailed(ports, execution, error);
  const undiagnosed = failureFrom(detail, stage, ports.clock.now());
  await ports.store.updateExecution(executionId, { failure: undiagnosed });
  await endOpenStages(ports, execution, { stage, detail });
  const { failure, model } = await diagnosed(ports, execution, undiagnosed, signal);
  await showFailure(ports, execution, failure);
  await judgeEarlierFixes(ports, execution, model === undefined ? failure : unnamed(failure));
  const proposal = await proposeFix(ports, await findExecution(ports.store, executionId), failure, model);
  await showNextStep(ports, execution, failure, proposal);
  return {
    finished: true,
    code: failure.code,
    next: proposal.next,
    answerSeconds: waitSeconds(ports, proposal),
  };
}

/** How long the workflow waits for an answer, counted from now. */
function waitSeconds({ clock }: MedicPorts, proposal: Proposal): number {
  if (proposal.next !== 'ask' || proposal.fix.expiresAt === null) return ANSWER_SECONDS;
  return answerSecondsLeft(proposal.fix.expiresAt, clock.now());
}

/** As rules see it: what a model says is asked about before anything is done, so nothing that was agreed to is taken back for it. */
const unnamed = ({ diagnosis, ...failure }: Failure): Failure => ({
  ...failure,
  ...(diagnosis && { diagnosis: { ...diagnosis, cause: 'unknown', action: CAUSES.unknown.fix } }),
});

interface Diagnosed {
  readonly failure: Failure;
  /** That named the cause. */
  readonly model?: string;
}

/** The failure with what it is put down to, on record; a cancelled execution has nothing to diagnose. */
async function diagnosed(
  ports: MedicPorts,
  execution: Execution,
  failure: Failure,
  signal: AbortSignal,
): Promise<Diagnosed> {
  if (failure.code === 'Cancelled' || isPreview(execution)) return { failure };
  const { diagnosis, decidedBy, remark, model } = await diagnosisOf(
    ports,
    execution,
    failure.stage,
    failure,
    signal,
  );
  const known = { ...failure, diagnosis };
  await ports.store.updateExecution(execution.id, { failure: known });
  const { cause, confidence, action, risk } = diagnosis;
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: 'medic',
    type: 'decision',
    message: `${diagnosisMessage(diagnosis)}${remark}`,
    data: { ...decidedBy, cause, confidence, action, risk },
  });
  return { failure: known, ...(model !== undefined && { model }) };
}
