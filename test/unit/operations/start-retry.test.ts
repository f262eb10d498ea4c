import { beforeEach, describe, expect, test } from '@jest/globals';
import { retryRequest } from '../../../src/contracts/fix-requests.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Execution, UpdateSettings } from '../../../src/domain/execution.ts';
import type { StartDeployPorts } from '../../../src/operations/start-deploy.ts';
import { startRetry } from '../../../src/operations/start-retry.ts';
import {
  aDeployment,
  aDestroyExecution,
  anExecution,
  type DeployExecution,
} from '../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../fixtures/proposed-fix.ts';
import { operationPorts } from './operation-ports.ts';

const ID = 'shop-abc234';
const FAILURE = {
  code: 'BuildFailed',
  message: 'it failed',
  hint: 'mend it',
  logTail: [],
  stage: 'build',
  fault: 'application',
  at: '2026-01-01T00:00:09.000Z',
} as const;

let ports: StartDeployPorts;
let started: readonly string[];

beforeEach(async () => {
  ({ ports, started } = await operationPorts());
});

const aFailed = (change: Partial<DeployExecution> = {}): DeployExecution =>
  anExecution({ status: 'FAILED', endedAt: '2026-01-01T00:00:09.000Z', failure: FAILURE, ...change });

async function given(execution: Execution, change: Partial<Deployment> = {}): Promise<void> {
  await ports.store.createDeployment(aDeployment({ id: ID, status: 'FAILED', ...change }));
  await ports.store.createExecution(execution);
}

const swap = { steps: [100], bakeSeconds: 0, keepWarmSeconds: 0, rolling: false };
const swapSettings: UpdateSettings = { ...anExecution().settings, swap };
const LIVE = { liveColor: 'blue', liveRelease: 2 } as const;
const anUpdate = { ...aFailed(), id: 'update-1', workflow: 'update', settings: swapSettings } as const;
const aRollback = {
  ...anUpdate,
  id: 'rollback-1',
  workflow: 'rollback',
  settings: { ...swapSettings, toRelease: 1, fromExecution: 'deploy-1' },
} as const;

const retry = (request: object = {}) =>
  startRetry(ports, 'shop', retryRequest.parse(request), 'ada@localhost');

async function retriedExecution(request: object = {}): Promise<Execution> {
  const { executionId } = await retry(request);
  const execution = await ports.store.findExecution(executionId);
  if (!execution) throw new Error('nothing was recorded');
  return execution;
}

/** The last one fails as the one before it did. */
async function failAgain(): Promise<void> {
  const [newest] = await ports.store.listExecutions({ deploymentId: ID });
  if (!newest) throw new Error('nothing runs');
  await ports.store.updateExecution(newest.id, { status: 'FAILED', endedAt: FAILURE.at, failure: FAILURE });
  await ports.store.releaseLock(ID, newest.id);
}

describe('startRetry', () => {
  test.each<[string, Execution, Partial<Deployment>]>([
    ['deploy', aFailed(), {}],
    ['update', anUpdate, LIVE],
    ['rollback', aRollback, { ...LIVE, status: 'ROLLBACK_FAILED' }],
    ['upgrade', { ...aRollback, workflow: 'upgrade', id: 'upgrade-1' }, { ...LIVE, stage: 'stage-1' }],
    ['destroy', aDestroyExecution({ status: 'FAILED', failure: FAILURE }), LIVE],
  ])('starts the %s that failed once more, as it was', async (workflow, failed, change) => {
    await given(failed, change);
    const execution = await retriedExecution();
    expect(started).toEqual([workflow]);
    expect(execution).toMatchObject({
      workflow,
      status: 'RUNNING',
      endedAt: null,
      retries: 1,
      settings: failed.settings,
    });
    expect(execution.failure).toBeUndefined();
    expect(execution.id).not.toBe(failed.id);
    expect((await ports.store.findLock(ID))?.owner).toBe(execution.id);
    const [event] = await ports.store.listEvents({ executionId: execution.id });
    expect(event).toMatchObject({ type: 'execution.started', data: { retryOf: failed.id } });
    expect(event?.message).toContain(`retry 1 of 3 of the ${workflow} that failed: BuildFailed`);
  });

  test('starts what was cancelled', async () => {
    await given(aFailed({ status: 'CANCELLED' }));
    expect(await retriedExecution()).toMatchObject({ workflow: 'deploy', retries: 1 });
  });

  test('changes the plan and the environment, and keeps the rest', async () => {
    const environmentSecret = await ports.secrets.put(ID, 'environment', { A: '1', B: '2' });
    const settings = {
      ...anExecution().settings,
      plan: { build: 'make', start: 'node old.js' },
      variables: { HOST: '0.0.0.0' },
      environmentSecret,
      environmentNames: ['A', 'B'],
    };
    await given(aFailed({ settings, retries: 3 }));
    const execution = await retriedExecution({
      plan: { start: 'node new.js', build: '' },
      environment: { B: '3' },
      fixes: 'none',
      answerSeconds: 60,
    });
    if (execution.workflow !== 'deploy') throw new Error('no deploy');
    expect(execution.settings).toMatchObject({
      plan: { start: 'node new.js' },
      variables: { HOST: '0.0.0.0' },
      environmentNames: ['A', 'B'],
      fixes: 'none',
      answerSeconds: 60,
    });
    expect(execution.settings.plan).not.toHaveProperty('build');
    expect(await ports.secrets.get(execution.settings.environmentSecret ?? '')).toEqual({ A: '1', B: '3' });
    expect(execution.retries).toBe(0);
  });

  test('gives up after three times in a row, until something is changed', async () => {
    await given(aFailed());
    for (const count of [1, 2, 3]) {
      expect(await retriedExecution()).toMatchObject({ retries: count });
      await failAgain();
    }
    await expect(retry()).rejects.toMatchObject({
      code: 'RetriesExhausted',
      hint: expect.stringContaining('hivemind history shop'),
    });
    expect(await ports.store.findLock(ID)).toBeUndefined();
    expect(await retriedExecution({ plan: { healthCheckPath: '/up' } })).toMatchObject({ retries: 0 });
    await failAgain();
    // The same once more is no change.
    expect(await retriedExecution({ plan: { healthCheckPath: '/up' } })).toMatchObject({ retries: 1 });
  });

  test.each<[string, Execution, Partial<Deployment>, string]>([
    ['what went well', anExecution({ status: 'SUCCEEDED' }), { ...LIVE, status: 'ACTIVE' }, 'NothingToRetry'],
    ['what was destroyed', aFailed(), { status: 'DESTROYED' }, 'NothingToRetry'],
    ['what runs', anExecution(), { status: 'BUILDING' }, 'DeploymentBusy'],
    ['an update that is live already', anUpdate, { ...LIVE, liveExecution: 'update-1' }, 'AlreadyLive'],
    ['a rollback that is live already', aRollback, { liveColor: 'blue', liveRelease: 1 }, 'AlreadyLive'],
    ['an update of what is not live', anUpdate, {}, 'NotLive'],
  ])('refuses %s', async (_what, execution, change, code) => {
    await given(execution, change);
    await expect(retry()).rejects.toMatchObject({ code });
    expect(started).toEqual([]);
    expect(await ports.store.findLock(ID)).toBeUndefined();
  });

  test('names the question that waits', async () => {
    const fix = aProposedFix();
    await given(anExecution(), { status: 'AWAITING_FIX' });
    await ports.store.putFix(fix);
    const expected = { code: 'DeploymentBusy', hint: expect.stringContaining(`hivemind approve ${fix.id}`) };
    await expect(retry()).rejects.toMatchObject(expected);
  });

  test.each<[string, Execution, object]>([
    ['another plan for what is kept', aRollback, { plan: { build: 'make' } }],
    ['a plan for a destroy', aDestroyExecution({ status: 'FAILED' }), { plan: { build: 'make' } }],
    ['variables for a destroy', aDestroyExecution({ status: 'FAILED' }), { environment: { A: '1' } }],
    ['an unknown setting', aFailed(), { plan: { colour: 'blue' } }],
    [
      'values that are gone',
      aFailed({ settings: { ...anExecution().settings, environmentNames: ['A'] } }),
      {},
    ],
  ])('refuses %s', async (_what, execution, request) => {
    await given(execution, LIVE);
    await expect(retry(request)).rejects.toMatchObject({ code: 'InvalidInput' });
    expect(started).toEqual([]);
  });

  test('takes values that are gone when they are given again', async () => {
    await given(aFailed({ settings: { ...anExecution().settings, environmentNames: ['A'] } }));
    const execution = await retriedExecution({ environment: { A: '1' } });
    expect(execution.settings).toMatchObject({
      environmentNames: ['A'],
      environmentSecret: expect.any(String),
    });
  });

  test('is refused while everything is frozen, and knows no deployment that there is none of', async () => {
    await expect(retry()).rejects.toMatchObject({ code: 'DeploymentNotFound' });
    await given(aFailed());
    await ports.store.putFreeze({ reason: 'an incident', actor: 'bob@home', at: '2026-01-01T00:00:00.000Z' });
    await expect(retry()).rejects.toMatchObject({ code: 'Frozen' });
  });
});
