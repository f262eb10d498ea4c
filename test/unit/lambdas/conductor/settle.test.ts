import { describe, expect, test } from '@jest/globals';
import { conductedAccount } from '../../../fixtures/conducted-account.ts';
import { EXECUTIONS } from '../../../state-machines/workflow-executions.ts';

type Account = ReturnType<typeof conductedAccount>;

async function running() {
  const account = conductedAccount();
  const deploymentId = await account.deployed();
  return { account, deploymentId, executionId: await account.deploy() };
}

const finishedEvents = async ({ store }: Account, executionId: string) =>
  (await store.listEvents({ executionId })).filter(({ type }) => type === 'execution.finished');

const FAILURE = {
  stage: 'build',
  code: 'BuildFailed',
  fault: 'application',
  message: 'npm run build exited with 1',
  hint: 'correct the build script',
  logTail: [],
  at: '2026-01-01T00:00:01.000Z',
} as const;

describe('the end of a workflow', () => {
  test.each([
    ['rollback', 'ROLLBACK_FAILED'],
    ['upgrade', 'FAILED'],
    ['retire', 'ACTIVE'],
  ] as const)('of a %s that had no time to say why leaves the deployment %s', async (workflow, status) => {
    const account = conductedAccount();
    const deploymentId = await account.deployed();
    const execution = { ...EXECUTIONS[workflow], deploymentId, startedAt: '2026-02-01T00:00:00.000Z' };
    await account.store.createExecution(execution);
    await account.conduct(account.ended(execution.id, 'TIMED_OUT'));
    expect(await account.store.findDeployment(deploymentId)).toMatchObject({ status });
    expect(await account.store.findExecution(execution.id)).toMatchObject({ status: 'FAILED' });
  });

  test.each([
    ['SUCCEEDED', false, 'SUCCEEDED'],
    ['FAILED', false, 'FAILED'],
    ['FAILED', true, 'CANCELLED'],
    ['TIMED_OUT', false, 'FAILED'],
    ['ABORTED', false, 'FAILED'],
    ['ABORTED', true, 'CANCELLED'],
  ])(
    '%s, cancelled: %s, is on record as %s, once, and the lock is free',
    async (outcome, cancelled, status) => {
      const { account, deploymentId, executionId } = await running();
      await account.store.updateExecution(executionId, { cancelRequested: cancelled });
      for (let delivery = 0; delivery < 3; delivery += 1) {
        await account.conduct(account.ended(executionId, outcome));
      }
      expect(await account.store.findExecution(executionId)).toMatchObject({
        status,
        endedAt: '2026-01-01T00:00:05.000Z',
      });
      const finished = await finishedEvents(account, executionId);
      expect(finished.map(({ data }) => data)).toEqual([{ status }]);
      expect(await account.store.findLock(deploymentId)).toBeUndefined();
    },
  );

  test.each([
    ['TIMED_OUT', 'StageTimedOut'],
    ['ABORTED', 'Cancelled'],
  ])('%s without the Medic makes the deployment FAILED with %s', async (outcome, code) => {
    const { account, deploymentId, executionId } = await running();
    await account.conduct(account.ended(executionId, outcome));
    expect(await account.store.findDeployment(deploymentId)).toMatchObject({
      status: 'FAILED',
      failure: { code, hint: expect.stringContaining('destroy') },
    });
    expect(await account.store.findExecution(executionId)).toMatchObject({ failure: { code } });
  });

  test.each([
    [{ error: 'DatabaseUnavailable', cause: '{"errorMessage":"no answer"}' }, 'DatabaseUnavailable'],
    [{ error: 'States.Runtime', cause: 'x'.repeat(5_000) }, 'InternalError'],
    [{}, 'InternalError'],
    [{ error: null, cause: null }, 'InternalError'],
  ])('that failed with %j says so', async (detail, code) => {
    const { account, executionId } = await running();
    await account.conduct(account.ended(executionId, 'FAILED', detail));
    const execution = await account.store.findExecution(executionId);
    expect(execution?.failure?.code).toBe(code);
    expect(execution?.failure?.message.length).toBeLessThan(700);
  });

  test('leaves what the Medic wrote', async () => {
    const { account, deploymentId, executionId } = await running();
    await account.store.updateExecution(executionId, { failure: FAILURE });
    await account.store.updateDeployment(deploymentId, { status: 'FAILED', failure: FAILURE });
    await account.conduct(account.ended(executionId, 'FAILED', { error: 'Failed' }));
    expect(await account.store.findDeployment(deploymentId)).toMatchObject({ failure: FAILURE });
    const [finished] = await finishedEvents(account, executionId);
    expect(finished?.message).toContain(FAILURE.message);
  });

  test('that comes late leaves the deployment to whoever changes it by now', async () => {
    const { account, deploymentId, executionId } = await running();
    await account.store.releaseLock(deploymentId, executionId);
    await account.store.acquireLock(deploymentId, 'deploy-other', 60);
    await account.conduct(account.ended(executionId, 'TIMED_OUT'));
    expect(await account.store.findDeployment(deploymentId)).toMatchObject({ status: 'ACTIVE' });
    expect(await account.store.findLock(deploymentId)).toMatchObject({ owner: 'deploy-other' });
  });

  test('that was written down in part is completed', async () => {
    const { account, executionId } = await running();
    await account.store.updateExecution(executionId, { status: 'SUCCEEDED', endedAt: account.clock.now() });
    await account.conduct(account.ended(executionId, 'SUCCEEDED'));
    expect(await finishedEvents(account, executionId)).toHaveLength(1);
  });

  test('of a workflow that was redriven with success takes the failure back', async () => {
    const { account, executionId } = await running();
    await account.conduct(account.ended(executionId, 'TIMED_OUT'));
    await account.conduct(account.ended(executionId, 'SUCCEEDED'));
    const execution = await account.store.findExecution(executionId);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(execution?.failure).toBeUndefined();
  });

  test('of an order that was refused, or that still runs, changes nothing', async () => {
    const { account, executionId } = await running();
    await account.conduct(account.ended('never-accepted', 'FAILED'));
    await account.conduct(account.ended(executionId, 'RUNNING'));
    expect(await account.store.findExecution(executionId)).toMatchObject({ status: 'RUNNING' });
  });

  test.each([
    {},
    { source: 'aws.states' },
    { source: 'somebody.else', id: '1', time: '2026-01-01T00:00:00Z', detail: {} },
    { action: 'destroy-everything' },
    null,
  ])('is no event: %j', async (event) => {
    await expect(conductedAccount().conduct(event)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});

describe('a workflow that the engine does not take', () => {
  test('has ended at once, and the deployment can be deployed again', async () => {
    const account = conductedAccount();
    const deploymentId = await account.deployed();
    const { start } = account.ports.runner;
    account.ports.runner.start = async () => {
      throw new Error('AccessDenied');
    };
    await expect(account.deploy()).rejects.toThrow('AccessDenied');
    const [failed] = await account.store.listExecutions({ deploymentId });
    expect(failed).toMatchObject({ status: 'FAILED', failure: { code: 'InternalError' } });
    expect(await account.store.findDeployment(deploymentId)).toMatchObject({ status: 'ACTIVE' });
    account.ports.runner.start = start;
    await account.deploy();
    expect(account.started).toHaveLength(1);
  });
});
