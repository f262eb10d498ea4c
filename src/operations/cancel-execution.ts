import { isOpenQuestion } from '../domain/fix.ts';
import { findExecution } from '../stages/stage-context.ts';
import type { RunningPorts } from './ports.ts';

/**
 * Asks a running execution to stop: a question that it waits with is closed, and what it made is cleaned up. Does nothing when it
 * has ended.
 * @throws {HiveMindError} ExecutionNotFound
 */
export async function cancelExecution(
  ports: RunningPorts,
  executionId: string,
  actor: string,
): Promise<void> {
  const execution = await findExecution(ports.store, executionId);
  if (execution.status !== 'RUNNING') return;
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId,
    actor,
    type: 'execution.cancel-requested',
    message: `${actor} cancelled the ${execution.workflow}`,
    data: {},
  });
  await ports.runner.cancel(executionId);
  await closeQuestion(ports, executionId);
}

/** Wakes the workflow up, also when an earlier attempt at that came no further than the record. */
async function closeQuestion({ store, runner }: RunningPorts, executionId: string): Promise<void> {
  const fix = (await store.listFixes(executionId)).at(-1);
  if (!fix) return;
  const closed = isOpenQuestion(fix)
    ? await store.changeFix(executionId, fix.id, 'PROPOSED', { status: 'CANCELLED' })
    : fix;
  if (closed?.status !== 'CANCELLED' || closed.taskToken === null) return;
  await runner.answer(executionId, closed.taskToken, { approved: false });
}
