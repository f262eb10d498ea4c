import { expect, test } from '@jest/globals';
import type { DeployerPorts } from '../../../../lambdas/deployer/ports.ts';
import { shift } from '../../../../lambdas/deployer/shift.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import { isSwap } from '../../../../src/domain/execution.ts';
import type { Weights } from '../../../../src/domain/swap.ts';
import { aDeployment } from '../../../contracts/deployment-store.contract.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { EXECUTIONS } from '../../../state-machines/workflow-executions.ts';

const execution = EXECUTIONS.update;
if (!isSwap(execution)) throw new Error('an update is a swap');

test('a release that is live already gets no less than all traffic at any moment', async () => {
  const clock = stillClock();
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  const { deploymentId: id } = execution;
  await store.createDeployment(aDeployment({ id, status: 'ACTIVE', liveColor: 'blue', liveRelease: 1 }));
  await store.createExecution(execution);
  await finishStage(store, execution, 'load-balancer', {
    stack: 'balancer',
    outputs: { url: 'http://shop' },
  });
  await finishStage(store, execution, 'release', {
    url: 'http://shop',
    stack: 's',
    color: 'blue',
    release: 1,
    instances: ['i-1'],
  });
  const given: Weights[] = [];
  let weights: Weights = { blue: 100, green: 0 };
  const unused = async () => Promise.reject(new Error('nobody asks for it'));
  const router = {
    weights: async () => weights,
    shift: async (_: string, wanted: Weights) => {
      given.push(wanted);
      weights = wanted;
    },
    health: unused,
    replaceFailing: unused,
    healthChange: unused,
    register: unused,
    deregister: unused,
  };
  const ports = { store, clock, router, telemetry: { log: () => undefined } } as unknown as DeployerPorts;
  const call = { patienceSeconds: 60, signal: new AbortController().signal };
  expect(await shift(ports, execution, call)).toEqual({ finished: true });
  expect(given.every(({ blue }) => blue === 100)).toBe(true);
  expect(weights).toEqual({ blue: 100, green: 0 });
});
