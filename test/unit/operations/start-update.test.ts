import { beforeEach, describe, expect, test } from '@jest/globals';
import { updateRequest } from '../../../src/contracts/api.ts';
import type { StartDeployPorts } from '../../../src/operations/start-deploy.ts';
import { startUpdate } from '../../../src/operations/start-update.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { operationPorts } from './operation-ports.ts';

const ID = 'shop-abc234';

let ports: StartDeployPorts;
let started: readonly string[];

beforeEach(async () => {
  ({ ports, started } = await operationPorts());
});

async function live(): Promise<void> {
  const { store, secrets } = ports;
  await store.createDeployment(
    aDeployment({ id: ID, status: 'ACTIVE', liveColor: 'blue', liveRelease: 1, stage: 'stage-1' }),
  );
  const environmentSecret = await secrets.put(ID, 'environment', { A: '1', B: '2' });
  const execution = anExecution();
  const settings = {
    ...execution.settings,
    stage: 'stage-1',
    environmentSecret,
    environmentNames: ['A', 'B'],
    listenerPort: 8123,
    plan: { healthCheckPath: '/health', build: 'make' },
    variables: { HOST: '0.0.0.0' },
    fixes: 'safe',
    answerSeconds: 60,
  } as const;
  await store.createExecution({ ...execution, status: 'SUCCEEDED', settings });
}

const update = (request: object = {}) =>
  startUpdate(ports, 'shop', updateRequest.parse(request), 'ada@localhost');

async function settingsOf(id: string) {
  const execution = await ports.store.findExecution(id);
  if (execution?.workflow !== 'update') throw new Error('no update');
  return execution.settings;
}

describe('startUpdate', () => {
  test('keeps what nobody says again', async () => {
    await live();
    const settings = await settingsOf((await update()).executionId);
    expect(started).toEqual(['update']);
    expect(settings).toMatchObject({
      stage: 'stage-1',
      source: { kind: 'folder', path: '/srv/shop', workingTree: false },
      environmentNames: ['A', 'B'],
      listenerPort: 8123,
      plan: { healthCheckPath: '/health', build: 'make' },
      variables: { HOST: '0.0.0.0' },
      fixes: 'safe',
      answerSeconds: 60,
      swap: { steps: [10, 50, 100], bakeSeconds: 5, keepWarmSeconds: 600, rolling: false },
    });
  });

  test('takes another word on what may be done about a failure', async () => {
    await live();
    const settings = await settingsOf((await update({ fixes: 'none', answerSeconds: 5 })).executionId);
    expect(settings).toMatchObject({ fixes: 'none', answerSeconds: 5 });
  });

  test('changes one variable and one setting, and takes one back', async () => {
    await live();
    const request = { environment: { B: '3' }, plan: { healthCheckPath: '/healthz', build: '' } };
    const settings = await settingsOf((await update(request)).executionId);
    expect(settings.plan).toEqual({ healthCheckPath: '/healthz' });
    expect(await ports.secrets.get(settings.environmentSecret ?? '')).toEqual({ A: '1', B: '3' });
  });

  test('says which secrets are on record when it stores the variables', async () => {
    await live();
    const { secrets } = ports;
    let recorded: readonly string[] | undefined;
    const put: typeof secrets.put = async (...order) => {
      recorded = order[3];
      return secrets.put(...order);
    };
    ports = { ...ports, secrets: { ...secrets, put } };
    const settings = await settingsOf((await update()).executionId);
    expect(recorded).toEqual([settings.environmentSecret]);
  });

  test('keeps what the newest one has set that went well, also when it changed nothing of what is live', async () => {
    await live();
    await ports.store.updateDeployment(ID, { liveExecution: anExecution().id });
    const { executionId } = await update({ plan: { healthCheckPath: '/ready' } });
    await ports.store.updateExecution(executionId, { status: 'SUCCEEDED' });
    await ports.store.releaseLock(ID, executionId);
    const settings = await settingsOf((await update()).executionId);
    expect(settings.plan).toMatchObject({ healthCheckPath: '/ready' });
  });

  test('keeps what was set by the one whose release is live although it failed after that', async () => {
    await live();
    const { executionId } = await update({ plan: { healthCheckPath: '/ready' } });
    await ports.store.updateExecution(executionId, { status: 'FAILED' });
    await ports.store.updateDeployment(ID, { liveExecution: executionId });
    await ports.store.releaseLock(ID, executionId);
    const settings = await settingsOf((await update()).executionId);
    expect(settings.plan).toMatchObject({ healthCheckPath: '/ready' });
  });

  test('takes a ref of the repository in the folder, and goes on following the folder', async () => {
    await live();
    const settings = await settingsOf((await update({ ref: 'v1.2.0' })).executionId);
    expect(settings.source).toEqual({ kind: 'git', url: 'file:///srv/shop', ref: 'v1.2.0' });
    expect((await ports.store.findDeployment(ID))?.source).toMatchObject({ kind: 'folder' });
  });

  test.each([
    ['a swap that takes too long', { steps: [10, 50, 100], bakeSeconds: 3_000 }, 'InvalidInput'],
    ['a ref that git does not allow', { ref: '--upload-pack=x' }, 'UnsafeSource'],
    ['a ref of what is not committed', { ref: 'main', workingTree: true }, 'InvalidInput'],
    ['an unknown setting', { plan: { colour: 'blue' } }, 'InvalidInput'],
  ])('refuses %s before anything starts', async (_what, request, code) => {
    await live();
    await expect(update(request)).rejects.toMatchObject({ code });
    expect(started).toEqual([]);
    expect(await ports.store.findLock(ID)).toBeUndefined();
  });

  test.each([[[50, 10, 100]], [[10, 50]], [[]], [[0, 100]], [[100, 100]]])(
    'refuses the steps %j',
    (steps) => {
      expect(updateRequest.safeParse({ steps }).success).toBe(false);
    },
  );

  test('refuses what is not live, and what is frozen', async () => {
    await ports.store.createDeployment(aDeployment({ id: ID, status: 'FAILED' }));
    await expect(update()).rejects.toMatchObject({ code: 'NotLive' });
    await ports.store.updateDeployment(ID, { liveColor: 'blue', liveRelease: 1 });
    await ports.store.putFreeze({ reason: 'an incident', actor: 'bob@home', at: '2026-01-01T00:00:00.000Z' });
    await expect(update()).rejects.toMatchObject({
      code: 'Frozen',
      message: expect.stringContaining('an incident'),
    });
    expect(started).toEqual([]);
  });
});
