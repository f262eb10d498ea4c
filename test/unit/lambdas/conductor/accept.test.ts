import { describe, expect, test } from '@jest/globals';
import { conductedAccount } from '../../../fixtures/conducted-account.ts';

const ORDER = { source: 'https://github.com/owner/shop', name: 'shop', stage: 'stage-1' };

const task = (order: unknown, executionName = 'console-run-1') => ({
  action: 'accept',
  executionName,
  order,
});

describe('an order from the console', () => {
  test('becomes a deployment and an execution of the name that the engine gave it', async () => {
    const account = conductedAccount();
    const answer = await account.conduct(task(ORDER));
    const deployment = await account.store.findDeployment('shop');
    expect(answer).toEqual({ finished: true, executionId: 'console-run-1', deploymentId: deployment?.id });
    expect(deployment).toMatchObject({ name: 'shop', target: 'aws', stage: 'stage-1', status: 'PENDING' });
    expect(await account.store.findExecution('console-run-1')).toMatchObject({
      workflow: 'deploy',
      status: 'RUNNING',
      settings: { source: { kind: 'git', url: 'https://github.com/owner/shop' }, stage: 'stage-1' },
    });
    expect(await account.store.findLock(deployment?.id ?? '')).toMatchObject({ owner: 'console-run-1' });
    expect(account.started).toEqual([]);
  });

  test('needs no more than a source', async () => {
    const account = conductedAccount();
    await account.conduct(task({ source: ORDER.source }));
    expect(await account.store.findDeployment('shop')).toMatchObject({ stage: 'production' });
  });

  test('is one deployment when the function runs twice, also at the same time', async () => {
    const account = conductedAccount();
    const answers = await Promise.all([account.conduct(task(ORDER)), account.conduct(task(ORDER))]);
    answers.push(await account.conduct(task(ORDER)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await account.store.listDeployments({})).toHaveLength(1);
    expect(await account.store.listExecutions({})).toHaveLength(1);
  });

  test('deploys a known application again', async () => {
    const account = conductedAccount();
    const deploymentId = await account.deployed();
    expect(await account.conduct(task({ ...ORDER, stage: 'production' }))).toMatchObject({ deploymentId });
  });

  test('of another stage than the one that runs is refused', async () => {
    const account = conductedAccount();
    await account.deployed();
    await expect(account.conduct(task(ORDER))).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(await account.store.findDeployment('shop')).toMatchObject({ stage: 'production' });
  });

  test('of a what-if takes no lock and makes no deployment', async () => {
    const account = conductedAccount();
    await account.conduct(task({ ...ORDER, whatIf: true }));
    await account.conduct(task({ ...ORDER, whatIf: true }));
    expect(await account.store.listDeployments({})).toEqual([]);
  });

  test('waits for nobody: another execution at work is an error', async () => {
    const account = conductedAccount();
    await account.deployed();
    const running = await account.deploy();
    const order = task({ ...ORDER, stage: 'production' });
    const error: unknown = await account.conduct(order).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DeploymentBusy', message: expect.stringContaining(running) });
  });

  test('under the name of an execution that ended long ago is refused', async () => {
    const account = conductedAccount();
    await account.conduct(task(ORDER));
    await account.finish('console-run-1');
    await expect(account.conduct(task(ORDER))).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test.each([
    [null, 'InvalidInput'],
    ['https://github.com/owner/shop', 'InvalidInput'],
    [{}, 'InvalidInput'],
    [{ ...ORDER, source: 7 }, 'InvalidInput'],
    [{ ...ORDER, source: '' }, 'InvalidInput'],
    [{ ...ORDER, source: '/srv/shop' }, 'UnsupportedSource'],
    [{ ...ORDER, source: 'ext::sh -c id' }, 'UnsafeSource'],
    [{ ...ORDER, source: 'https://user:pass@github.com/owner/shop' }, 'UnsafeSource'],
    [{ ...ORDER, name: '../prod' }, 'InvalidName'],
    [{ ...ORDER, stage: 'staging' }, 'InvalidInput'],
    [{ ...ORDER, environment: { API_KEY: 'secret' } }, 'InvalidInput'],
    [{ ...ORDER, target: 'local' }, 'InvalidInput'],
    [{ ...ORDER, certificateArn: 'arn:aws:s3:::bucket' }, 'InvalidInput'],
    [{ ...ORDER, unknown: true }, 'InvalidInput'],
  ])('%j is refused with %s, and nothing is made', async (order, name) => {
    const account = conductedAccount();
    const error: unknown = await account.conduct(task(order)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name });
    expect(String(error)).not.toContain('secret');
    expect(await account.store.listDeployments({})).toEqual([]);
    expect(await account.store.listExecutions({})).toEqual([]);
  });

  test('for the name of another application is refused', async () => {
    const account = conductedAccount();
    await account.deployed();
    await expect(
      account.conduct(task({ ...ORDER, source: 'https://github.com/owner/other' })),
    ).rejects.toMatchObject({ name: 'NameTaken' });
  });

  test.each([undefined, '', '../x', 'a b'])('that the engine calls %j is refused', async (executionName) => {
    const account = conductedAccount();
    await expect(
      account.conduct({ ...task(ORDER), executionName: executionName ?? null }),
    ).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });
});
