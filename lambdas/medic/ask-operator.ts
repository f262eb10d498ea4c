import type { Execution } from '../../src/domain/execution.ts';
import { type Fix, isOpenQuestion } from '../../src/domain/fix.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import { findExecution, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { announceFix } from './announce-fix.ts';
import { showStatus, waitsFor } from './deployment-status.ts';
import type { MedicPorts } from './ports.ts';

/** How much longer than the question its lock lives: until the next task renews it. */
const LEASE_RESERVE_SECONDS = 1_200;

/**
 * Puts the question that the workflow waits for under its task token, and tells the operator. The workflow stands still meanwhile,
 * so nobody else may have the deployment.
 */
export async function askOperator(
  ports: MedicPorts,
  executionId: string,
  taskToken: string,
): Promise<TaskAnswer> {
  const execution = await findExecution(ports.store, executionId);
  const fix = (await ports.store.listFixes(executionId)).at(-1);
  if (fix && isOpenQuestion(fix) && !execution.cancelRequested) await put(ports, execution, fix);
  const open = fix && (await ports.store.changeFix(executionId, fix.id, 'PROPOSED', { taskToken }));
  if (!open || execution.cancelRequested) {
    // Answered, or not needed any more, before the workflow began to wait.
    const isApproved = !execution.cancelRequested && (await statusOf(ports, fix)) === 'APPROVED';
    await ports.answers.answer(executionId, taskToken, { approved: isApproved });
  }
  return { finished: true };
}

/** Also after a crash in the middle of it: told twice is better than never. */
async function put(ports: MedicPorts, execution: Execution, fix: Fix): Promise<void> {
  const seconds = secondsUntil(ports, fix.expiresAt);
  await ports.store.acquireLock(execution.deploymentId, execution.id, seconds + LEASE_RESERVE_SECONDS);
  await announceFix(ports, fix);
  await showStatus(ports, execution, 'AWAITING_FIX', waitsFor(fix));
  // A workflow that only waits again, after a restart, has told it already.
  if (fix.taskToken === null) await tell(ports, fix);
}

async function statusOf({ store }: MedicPorts, fix: Fix | undefined): Promise<Fix['status'] | undefined> {
  if (!fix) return undefined;
  return (await store.listFixes(fix.executionId)).find(({ id }) => id === fix.id)?.status;
}

const secondsUntil = ({ clock }: MedicPorts, time: string | null): number =>
  time === null ? 0 : Math.max(0, Math.ceil(secondsBetween(clock.now(), time)));

async function tell({ notifications }: MedicPorts, fix: Fix): Promise<void> {
  const { deploymentName, id, explanation, does, shown, expiresAt } = fix;
  await notifications.tell({
    subject: `HiveMind: ${deploymentName} waits for your answer`,
    text: [
      explanation,
      `Proposed: ${does}`,
      ...shown.map(({ setting, from, to }) => `  ${setting}: ${from ?? '(nothing)'} -> ${to ?? '(nothing)'}`),
      `Answer until ${expiresAt ?? 'it is cancelled'}:`,
      `  hivemind approve ${id}`,
      `  hivemind reject ${id}`,
    ].join('\n'),
  });
}
