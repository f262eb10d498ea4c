import { beforeEach, expect, test } from '@jest/globals';
import { cleanUp } from '../../../../lambdas/janitor/clean-up.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { BlueprintName, Stack } from '../../../../src/domain/stack.ts';
import type { Weights } from '../../../../src/domain/swap.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

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

const ports = (stacks: readonly Stack[]): Parameters<typeof cleanUp>[0] => {
  const unused = async () => Promise.reject(new Error('nobody asks for it'));
  let weights: Weights = { blue: 50, green: 50 };
  return {
    store,
    clock,
    stacks: { list: async () => stacks, describe: unused, remove: async (name) => done.push(name) > 0 },
    router: {
      shift: async (_, wanted) => {
        weights = wanted;
        done.push(`blue ${wanted.blue}`);
      },
      weights: async () => weights,
      health: async () => [],
      deregister: async () => true,
      replaceFailing: unused,
      healthChange: unused,
      register: unused,
    },
    instances: {
      list: async () => [],
      start: unused,
      stop: unused,
      install: unused,
      firstExit: unused,
      listeningPorts: unused,
      logTail: unused,
    },
    snapshots: { create: unused },
    inventory: { find: unused },
    secrets: { list: unused, removeAll: async () => void done.push('secrets') },
    artifacts: { find: unused, remove: unused },
    builder: { stop: unused, forget: unused },
    sources: { forget: unused },
    telemetry: { log: () => undefined, forget: unused },
  };
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
