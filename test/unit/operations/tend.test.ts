import { beforeEach, describe, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import type { Color } from '../../../src/domain/deployment.ts';
import type { Stack } from '../../../src/domain/stack.ts';
import { freeze } from '../../../src/operations/freeze.ts';
import { type TendPorts, tend } from '../../../src/operations/tend.ts';
import type { DeploymentStore } from '../../../src/ports/deployment-store.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { type StillClock, stillClock } from '../../fixtures/still-clock.ts';

const DAY = 86_400;
const ID = 'shop-abc234';

let clock: StillClock;
let store: DeploymentStore;
let ports: TendPorts;
let stacks: Stack[];
let started: string[];
let alive: string[];

beforeEach(() => {
  clock = stillClock();
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  stacks = [];
  started = [];
  alive = [];
  ports = {
    store,
    clock,
    stacks: { list: async (id) => stacks.filter(({ deploymentId }) => deploymentId === id) },
    router: { weights: async () => ({ blue: 100, green: 0 }), shift: async () => undefined },
    runner: {
      start: async (workflow) => void started.push(workflow),
    },
    isRun: (id) => alive.includes(id),
  };
});

const computeStack = (color: Color, deploymentId = ID): Stack => ({
  name: `${deploymentId}-compute-${color}`,
  blueprint: 'compute',
  deploymentId,
  status: 'CREATE_COMPLETE',
  parameters: { color },
  outputs: {},
  failure: null,
});

/** One that is live in blue, with release 1 warm in green for ten minutes. */
async function warmDeployment(id = ID, name = 'shop'): Promise<void> {
  const warm = { color: 'green', release: 1, until: '2026-01-01T00:10:00.000Z' } as const;
  await store.createDeployment(
    aDeployment({ id, name, status: 'ACTIVE', liveColor: 'blue', liveRelease: 2, warm }),
  );
  stacks.push(computeStack('blue', id), computeStack('green', id));
}

/** A first deploy that failed a moment ago and left an instance. */
async function failedDeployment(settings: { autoCleanup?: boolean } = {}): Promise<void> {
  const failure = {
    stage: 'verify',
    code: 'VerificationFailed',
    fault: 'application',
    message: 'm',
    hint: 'h',
    logTail: [],
    at: clock.now(),
  } as const;
  await store.createDeployment(aDeployment({ status: 'FAILED', failure }));
  await store.createExecution(
    anExecution({ status: 'FAILED', settings: { ...anExecution().settings, ...settings } }),
  );
  stacks.push(computeStack('blue'));
}

describe('tend', () => {
  test('retires a warm colour past its time, once', async () => {
    await warmDeployment();
    clock.advance(599);
    expect((await tend(ports)).started).toEqual([]);
    clock.advance(2);
    await Promise.all([tend(ports), tend(ports)]);
    await tend(ports);
    expect(started).toEqual(['retire']);
    const [execution] = await store.listExecutions({ deploymentId: ID });
    expect(execution).toMatchObject({ workflow: 'retire', actor: 'hivemind', settings: { color: 'green' } });
  });

  test('removes nothing while everything is frozen, and does afterwards', async () => {
    await warmDeployment();
    clock.advance(700);
    await freeze(ports, 'fire', 'ada@desk');
    expect(await tend(ports)).toMatchObject({ started: [], failures: [] });
    await store.putFreeze(undefined);
    await tend(ports);
    expect(started).toEqual(['retire']);
  });

  test('leaves a deployment alone that somebody works on', async () => {
    await warmDeployment();
    clock.advance(700);
    await store.createExecution(anExecution({ startedAt: clock.now() }));
    await store.acquireLock(ID, 'deploy-1', 60);
    alive.push('deploy-1');
    expect(await tend(ports)).toMatchObject({ settled: [], started: [] });
  });

  test('settles an execution whose owner died, and goes on with what it left', async () => {
    await warmDeployment();
    await store.createExecution(anExecution());
    clock.advance(700);
    expect((await tend(ports)).settled.map(({ id }) => id)).toEqual(['deploy-1']);
    expect(await store.findExecution('deploy-1')).toMatchObject({ status: 'FAILED' });
    expect(await store.findDeployment(ID)).toMatchObject({ status: 'FAILED', liveColor: 'blue' });
    expect(started).toEqual(['retire']);
  });

  test('leaves an execution alone whose question waits for its answer, however long', async () => {
    const { isRun: _nobodyCanSay, ...onAws } = ports;
    await warmDeployment();
    await store.updateDeployment(ID, { status: 'AWAITING_FIX' });
    await store.createExecution(anExecution());
    await store.acquireLock(ID, 'deploy-1', DAY + 1_200);
    clock.advance(DAY);
    expect(await tend(onAws)).toEqual({ settled: [], started: [], told: [], failures: [] });
    clock.advance(1_201);
    expect((await tend(onAws)).settled.map(({ id }) => id)).toEqual(['deploy-1']);
  });

  test('leaves the status of a deployment that somebody has deployed since', async () => {
    await warmDeployment();
    await store.createExecution(anExecution());
    await store.createExecution(
      anExecution({ id: 'deploy-2', status: 'SUCCEEDED', startedAt: '2026-01-01T00:00:05.000Z' }),
    );
    clock.advance(500);
    expect((await tend(ports)).settled).toHaveLength(1);
    expect(await store.findDeployment(ID)).toMatchObject({ status: 'ACTIVE' });
  });

  test('tells of a failure without an answer once, also when it is called twice at once', async () => {
    await failedDeployment();
    clock.advance(DAY - 1);
    expect((await tend(ports)).told).toEqual([]);
    clock.advance(2);
    await Promise.all([tend(ports), tend(ports)]);
    await tend(ports);
    const warnings = (await store.listEvents({ deploymentId: ID })).filter(({ type }) => type === 'warning');
    expect(warnings).toHaveLength(1);
    expect([started, await store.findLock(ID)]).toEqual([[], undefined]);
  });

  test('takes back what a first deploy left, where that is wanted', async () => {
    await failedDeployment({ autoCleanup: true });
    clock.advance(DAY + 1);
    expect(await tend(ports)).toMatchObject({ told: [ID], failures: [] });
    expect(started).toEqual(['rollback']);
    const [execution] = await store.listExecutions({ deploymentId: ID, status: 'RUNNING' });
    expect(execution).toMatchObject({ actor: 'hivemind', settings: { toRelease: null } });
  });

  test('never takes back what was live once: it may have data', async () => {
    await failedDeployment({ autoCleanup: true });
    await store.createExecution(anExecution({ id: 'deploy-0', status: 'SUCCEEDED' }));
    clock.advance(DAY + 1);
    await tend(ports);
    expect(started).toEqual([]);
  });

  test('takes back a first deploy also after another one was taken back', async () => {
    await failedDeployment({ autoCleanup: true });
    const { settings, workflow: _, ...fields } = anExecution({ id: 'rollback-1', status: 'SUCCEEDED' });
    const swap = { steps: [100], bakeSeconds: 0, keepWarmSeconds: 0, rolling: false };
    await store.createExecution({
      ...fields,
      workflow: 'rollback',
      settings: { ...settings, swap, toRelease: null, fromExecution: 'deploy-1', autoCleanup: true },
    });
    clock.advance(DAY + 1);
    await tend(ports);
    expect(started).toEqual(['rollback']);
  });

  test('goes on past a deployment that fails', async () => {
    await warmDeployment();
    await warmDeployment('blog-xyz234', 'blog');
    clock.advance(700);
    const list = ports.stacks.list;
    const broken: TendPorts = {
      ...ports,
      stacks: { list: (id) => (id === ID ? Promise.reject(new Error('no answer')) : list(id)) },
    };
    const { started: begun, failures } = await tend(broken);
    expect(begun.map(({ deploymentId }) => deploymentId)).toEqual(['blog-xyz234']);
    expect(failures).toMatchObject([{ error: { message: expect.stringContaining('no answer') } }]);
  });
});
