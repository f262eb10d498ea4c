import { type Execution, isRelease, isRolling } from '../../src/domain/execution.ts';
import { type Failure, failureFrom } from '../../src/domain/failure.ts';
import { type Fix, isOpenQuestion } from '../../src/domain/fix.ts';
import { triedSummary } from '../../src/domain/fix-decision.ts';
import { endFixes } from '../../src/stages/end-fixes.ts';
import { recordFixEvent } from '../../src/stages/record-fix-event.ts';
import { findExecution, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { showFailed, showFailure } from './deployment-status.ts';
import type { MedicPorts } from './ports.ts';
import { whatFailed } from './what-failed.ts';

/**
 * Ends the attempts: says what was tried and what only a person can do. What somebody was asked about stays as it is for whoever
 * looks into it, unless the operator wants it removed without asking.
 */
export async function giveUp(ports: MedicPorts, executionId: string): Promise<TaskAnswer> {
  const execution = await findExecution(ports.store, executionId);
  await closeQuestion(ports, execution);
  await endFixes(ports, execution, false);
  const fixes = await ports.store.listFixes(executionId);
  await showEnd(ports, execution, execution.failure ?? (await failureOnRecord(ports, execution)), fixes);
  return { finished: true, leaveInPlace: isLeft(execution, fixes) };
}

/** What the stage says that failed: the execution itself says nothing any more once a fix was on its way. */
async function failureOnRecord(ports: MedicPorts, execution: Execution): Promise<Failure> {
  const { stage, detail } = await whatFailed(ports, execution, { Error: 'InternalError', Cause: 'unknown' });
  return failureFrom(detail, stage, ports.clock.now());
}

/** A question that nobody has answered. */
async function closeQuestion(ports: MedicPorts, execution: Execution): Promise<void> {
  const last = (await ports.store.listFixes(execution.id)).at(-1);
  if (!last || execution.cancelRequested || !isOpenQuestion(last)) return;
  if (!(await ports.store.changeFix(execution.id, last.id, 'PROPOSED', { status: 'UNANSWERED' }))) return;
  await recordFixEvent(ports, last, {
    actor: 'medic',
    type: 'warning',
    message: unansweredMessage(last, ports.clock.now()),
    data: {},
  });
}

function unansweredMessage({ expiresAt, deploymentName: name }: Fix, now: string): string {
  const isOver = expiresAt === null || expiresAt <= now;
  const what = isOver ? `nobody answered until ${expiresAt}` : 'the question could not be waited for';
  return `${what}: try again with hivemind retry ${name}, or remove what is left with hivemind destroy ${name}`;
}

async function showEnd(
  ports: MedicPorts,
  execution: Execution,
  failure: Failure,
  fixes: readonly Fix[],
): Promise<void> {
  const told = fixes.length > 0 ? withSummary(failure, fixes, execution.deploymentName) : failure;
  await ports.store.updateExecution(execution.id, { failure: told });
  await showFailure(ports, execution, told);
  await showFailed(ports, execution, failure);
}

/** Says it once, also when this is called again. */
function withSummary(failure: Failure, fixes: readonly Fix[], name: string): Failure {
  const summary = `tried before: ${triedSummary(fixes)}`;
  if (failure.hint.includes(summary)) return failure;
  return {
    ...failure,
    hint: `${failure.hint}; ${summary}; hivemind retry ${name} tries again when you have mended it`,
  };
}

const LEFT: readonly Fix['status'][] = ['REJECTED', 'UNANSWERED', 'CANCELLED', 'FAILED', 'VALIDATED'];

const isLeft = (execution: Execution, fixes: readonly Fix[]): boolean =>
  !execution.cancelRequested &&
  isRelease(execution) &&
  // Live instances have to get their release back.
  !isRolling(execution) &&
  execution.settings.autoCleanup !== true &&
  fixes.some(({ isAsked, status }) => isAsked && LEFT.includes(status));
