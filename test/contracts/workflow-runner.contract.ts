import { expect, test } from '@jest/globals';
import type { ExecutionStatus } from '../../src/domain/execution.ts';
import type { WorkflowRunner } from '../../src/ports/workflow-runner.ts';

export interface RunnerUnderTest {
  readonly runner: WorkflowRunner;
  /** A stored destroy execution of this id. */
  readonly deploymentId: string;
  readonly executionId: string;
  /** Lets the first task, which waits otherwise, answer. */
  readonly release: () => void;
  /** Resolves when the execution has ended. */
  readonly ended: Promise<ExecutionStatus>;
  /** Tasks that were called so far. */
  readonly calls: readonly string[];
}

/** What every WorkflowRunner does. */
export function workflowRunnerContract(open: () => Promise<RunnerUnderTest>): void {
  const start = ({ runner, executionId, deploymentId }: RunnerUnderTest) =>
    runner.start('destroy', executionId, deploymentId);

  test('runs a workflow to its end once', async () => {
    const subject = await open();
    await start(subject);
    await start(subject);
    subject.release();
    expect(await subject.ended).toBe('SUCCEEDED');
    expect(subject.calls.filter((call) => call.includes('plan-removal'))).toHaveLength(1);
  });

  test('ends the work of a cancelled execution', async () => {
    const subject = await open();
    await start(subject);
    await subject.runner.cancel(subject.executionId);
    expect(await subject.ended).toBe('CANCELLED');
    expect(subject.calls.filter((call) => call.includes('snapshot'))).toEqual([]);
  });

  test('takes no notice of an answer that nobody waits for', async () => {
    const subject = await open();
    const answer = { approved: true };
    await subject.runner.answer(subject.executionId, 'token-1', answer);
    await start(subject);
    await subject.runner.answer(subject.executionId, 'token-1', answer);
    subject.release();
    expect(await subject.ended).toBe('SUCCEEDED');
    await subject.runner.answer(subject.executionId, 'token-1', answer);
  });
}
