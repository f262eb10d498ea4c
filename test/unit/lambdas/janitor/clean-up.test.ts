import { beforeEach, describe, expect, test } from '@jest/globals';
import { cleanUp } from '../../../../lambdas/janitor/clean-up.ts';
import type { JanitorPorts } from '../../../../lambdas/janitor/ports.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { BlueprintName, Stack } from '../../../../src/domain/stack.ts';
import type { StageRun } from '../../../../src/domain/stage.ts';
import type { Weights } from '../../../../src/domain/swap.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { janitorPorts, NOBODY_ASKS } from './janitor-ports.ts';

const clock = stillClock();
const call = { patienceSeconds: 0, signal: new AbortController().signal };
const execution = anExecution();
let store: DeploymentStore;
let done: string[];

beforeEach(async () => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  done = [];
  await store.createExecution(execution);
});

const stack = (blueprint: BlueprintName, name: string, color = ''): Stack => ({
  name,
  blueprint,
  deploymentId: execution.deploymentId,
  status: 'CREATE_COMPLETE',
  parameters: { color },
  outputs: {},
  failure: null,
});

const ports = (stacks: readonly Stack[]): JanitorPorts => {
  let weights: Weights = { blue: 50, green: 50 };
  return janitorPorts({
    store,
    clock,
    stacks: { ...NOBODY_ASKS.stacks, list: async () => stacks, remove: async (name) => done.push(name) > 0 },
    router: {
      ...NOBODY_ASKS.router,
      shift: async (_, wanted) => {
        weights = wanted;
        done.push(`blue ${wanted.blue}`);
      },
      weights: async () => weights,
    },
    secrets: { list: async () => [], removeAll: async () => void done.push('secrets') },
  });
};

const STACKS = [
  stack('load-balancer', 'balancer'),
  stack('compute', 'blue', 'blue'),
  stack('compute', 'green', 'green'),
];

test('a failure during a freeze gives the traffic back at once, and removes nothing until it ends', async () => {
  await store.createDeployment(aDeployment({ liveColor: 'blue', liveRelease: 1 }));
  await store.putFreeze({ reason: 'fire', actor: 'ada@desk', at: clock.now() });
  expect(await cleanUp(ports(STACKS), execution, call)).toEqual({ finished: false });
  expect(done).toEqual(['blue 100']);
  await store.putFreeze(undefined);
  expect(await cleanUp(ports(STACKS), execution, call)).toEqual({ finished: true });
  expect(done).toEqual(['blue 100', 'blue 100', 'green']);
});

test('a first deploy that fails during a freeze keeps what it made until it ends', async () => {
  await store.createDeployment(aDeployment());
  await store.putFreeze({ reason: 'fire', actor: 'ada@desk', at: clock.now() });
  expect(await cleanUp(ports(STACKS), execution, call)).toEqual({ finished: false });
  expect(done).toEqual([]);
});

describe('a stack that is still being made', () => {
  const creating: Stack = { ...stack('compute', 'green', 'green'), status: 'CREATE_IN_PROGRESS' };
  const stageEnded = (status: StageRun['status']) =>
    store.putStageRun({
      executionId: execution.id,
      stage: 'compute',
      status,
      reused: false,
      digest: 'd',
      startedAt: clock.now(),
      endedAt: clock.now(),
      output: null,
      summary: null,
      failure: null,
    });

  beforeEach(() => store.createDeployment(aDeployment({ target: 'aws', liveColor: 'blue', liveRelease: 1 })));

  test('is removed at once when it holds instances that the stage has given up', async () => {
    await stageEnded('FAILED');
    expect(await cleanUp(ports([...STACKS.slice(0, 2), creating]), execution, call)).toEqual({
      finished: true,
    });
    expect(done).toEqual(['blue 100', 'green']);
  });

  test.each<[string, StageRun['status'], Stack]>([
    ['the stage still works on it', 'RUNNING', creating],
    ['it is another one', 'FAILED', { ...stack('load-balancer', 'balancer'), status: 'CREATE_IN_PROGRESS' }],
    ['it stood before', 'FAILED', { ...creating, status: 'UPDATE_IN_PROGRESS' }],
  ])('is waited for when %s', async (_why, status, changing) => {
    await stageEnded(status);
    expect(await cleanUp(ports([changing]), execution, call)).toEqual({ finished: false });
    expect(done).not.toContain('green');
  });
});
