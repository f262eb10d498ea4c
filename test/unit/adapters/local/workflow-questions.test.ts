import { beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/adapters/anywhere/clock.ts';
import { readStateMachine } from '../../../../src/adapters/local/workflow/state-machine.ts';
import type { LocalWorkflowRunner } from '../../../../src/adapters/local/workflow-runner.ts';
import { WORKFLOWS } from '../../../../src/domain/execution.ts';
import { cancelExecution } from '../../../../src/operations/cancel-execution.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';
import { AskingWorkflow, EXECUTION } from './asking-workflow.ts';

const APPROVED = { approved: true };
const DECLINED = { approved: false };

let workflow: AskingWorkflow;
beforeEach(async () => {
  workflow = await AskingWorkflow.begin();
});

const approve = async (runner: LocalWorkflowRunner, token: string) => {
  await workflow.change('PROPOSED', 'APPROVED');
  await runner.answer(EXECUTION, token, APPROVED);
};

describe('a question of a workflow', () => {
  test('is answered under its token', async () => {
    const runner = workflow.serve();
    await approve(runner, await workflow.untilAsked(runner));
    expect(await workflow.end()).toEqual({ status: 'SUCCEEDED', fix: 'VALIDATED' });
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'apply', 'work']);
  });

  test('is answered before the workflow waits', async () => {
    const runner = workflow.serve({}, {}, async ({ taskToken }) => {
      await runner.answer(EXECUTION, taskToken, DECLINED);
    });
    await workflow.untilAsked(runner);
    expect(await workflow.end()).toMatchObject({ status: 'FAILED' });
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'give-up']);
  });

  test.each([
    ['APPROVED', 'apply'],
    ['REJECTED', 'give-up'],
  ] as const)('is %s on record before the workflow waits', async (status, next) => {
    const runner = workflow.serve({}, {}, () => workflow.change('PROPOSED', status));
    await workflow.untilAsked(runner);
    await workflow.end();
    expect(workflow.calls.slice(0, 4)).toEqual(['work', 'diagnose', 'ask', next]);
  });

  test('is answered once', async () => {
    const runner = workflow.serve();
    const token = await workflow.untilAsked(runner);
    await runner.answer(EXECUTION, token, DECLINED);
    await approve(runner, token);
    await workflow.end();
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'give-up']);
  });

  test('is not answered under another token, nor for another execution', async () => {
    const runner = workflow.serve();
    const token = await workflow.untilAsked(runner);
    await runner.answer(EXECUTION, 'forged', APPROVED);
    await runner.answer('another', token, APPROVED);
    await runner.answer(EXECUTION, token, DECLINED);
    await workflow.end();
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'give-up']);
  });

  test('ends when the time on record is over', async () => {
    const soon = new Date(Date.now() + 100).toISOString();
    await workflow.untilAsked(workflow.serve({}, { expiresAt: soon }));
    expect(await workflow.end()).toEqual({ status: 'FAILED', fix: 'UNANSWERED' });
  });

  test('has an answer that came with the end of its time', async () => {
    let isOver = false;
    const clock = {
      now: () => (isOver ? '2100-01-01T00:00:00.000Z' : systemClock.now()),
      sleep: async () => {
        await workflow.change('PROPOSED', 'APPROVED');
        isOver = true;
      },
    };
    await workflow.untilAsked(workflow.serve({ clock }));
    expect(await workflow.end()).toEqual({ status: 'SUCCEEDED', fix: 'VALIDATED' });
  });

  test('is closed when the execution is cancelled', async () => {
    const runner = workflow.serve();
    await workflow.untilAsked(runner);
    await cancelExecution({ store: workflow.store, clock: systemClock, runner }, EXECUTION, 'ada@localhost');
    expect(await workflow.end()).toMatchObject({ status: 'CANCELLED' });
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'give-up']);
  });

  test('is not waited for when the execution was cancelled while it was put', async () => {
    const runner = workflow.serve({}, {}, () => runner.cancel(EXECUTION));
    await workflow.untilAsked(runner);
    expect(await workflow.end()).toMatchObject({ status: 'CANCELLED' });
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'give-up']);
  });
});

describe('a server that stops while a question is open', () => {
  test('leaves it to the next one, which asks under a new token', async () => {
    const first = workflow.serve();
    const token = await workflow.untilAsked(first);
    await first.close();
    expect(await workflow.newestFix()).toMatchObject({ status: 'PROPOSED', taskToken: token });
    expect(workflow.calls).toEqual(['work', 'diagnose', 'ask']);
    const second = workflow.serve();
    await second.resume();
    const renewed = await workflow.nextToken(2);
    expect(renewed).not.toBe(token);
    await second.answer(EXECUTION, token, DECLINED);
    await approve(second, renewed);
    await waitFor(async () => (await workflow.end()).status === 'SUCCEEDED');
    expect(workflow.calls.slice(3)).toEqual(['ask', 'apply', 'work']);
  });

  test.each([
    ['APPROVED', ['apply', 'work'], 'SUCCEEDED'],
    ['REJECTED', ['give-up'], 'FAILED'],
    ['CANCELLED', ['give-up'], 'FAILED'],
    ['APPLIED', ['work'], 'SUCCEEDED'],
  ] as const)('and one that starts when it is %s goes on with %j', async (status, calls, end) => {
    const first = workflow.serve();
    await workflow.untilAsked(first);
    await first.close();
    await workflow.change('PROPOSED', status);
    const second = workflow.serve();
    await second.resume();
    await waitFor(async () => (await workflow.store.findExecution(EXECUTION))?.status === end);
    expect(workflow.calls.slice(3)).toEqual(calls);
    await second.close();
  });

  test('does not give its time back', async () => {
    const first = workflow.serve({}, { expiresAt: new Date(Date.now() + 500).toISOString() });
    await workflow.untilAsked(first);
    await first.close();
    const second = workflow.serve();
    await second.resume();
    await waitFor(async () => (await workflow.newestFix())?.status === 'UNANSWERED');
    await second.close();
  });
});

test('a workflow that pauses before it begins again is left there, and begins again with the next server', async () => {
  const first = workflow.serve({}, { pauseSeconds: 3600 });
  await approve(first, await workflow.untilAsked(first));
  const pauses = async () =>
    (await workflow.store.listEvents({ executionId: EXECUTION })).some(({ message }) => message === 'Pause');
  await waitFor(pauses);
  await first.close();
  expect(workflow.calls).toEqual(['work', 'diagnose', 'ask', 'apply']);
  const second = workflow.serve();
  await second.resume();
  await waitFor(async () => (await workflow.store.findExecution(EXECUTION))?.status === 'SUCCEEDED');
  expect(workflow.calls.slice(4)).toEqual(['work']);
});

test.each(WORKFLOWS)('%s pauses for as long as the fix says, and looks again at once', async (name) => {
  const { pauses, waits } = await readStateMachine(name);
  expect(pauses).toEqual(['Pause']);
  expect(waits.length).toBeGreaterThan(0);
  expect(waits.filter((wait) => !wait.endsWith(': wait'))).toEqual([]);
});

test('a workflow that breaks down while it removes a colour changes nothing about the deployment', async () => {
  const full = new Error('the store is away');
  let breaks = 1;
  const { store } = workflow;
  const away = Object.assign(Object.create(store), {
    acquireLock: async (...lock: Parameters<typeof store.acquireLock>) => {
      breaks -= 1;
      if (breaks >= 0) throw full;
      return store.acquireLock(...lock);
    },
  });
  const runner = workflow.serve({ store: away });
  await runner.start('retire', EXECUTION, 'shop-abc234');
  expect(await workflow.end()).toMatchObject({ status: 'FAILED' });
  expect(await store.findDeployment('shop')).toMatchObject({ status: 'ACTIVE' });
  expect(await store.findDeployment('shop')).not.toHaveProperty('failure');
});
