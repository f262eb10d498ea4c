import { beforeEach, expect, test } from '@jest/globals';
import { proveRemoval } from '../../../../lambdas/janitor/inventory.ts';
import type { JanitorPorts } from '../../../../lambdas/janitor/ports.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { Target } from '../../../../src/domain/deployment.ts';
import type { DeploymentStore } from '../../../../src/ports/deployment-store.ts';
import type { Resource } from '../../../../src/ports/resource-inventory.ts';
import { aDeployment, aDestroyExecution, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { aProposedFix } from '../../../fixtures/proposed-fix.ts';
import { type StillClock, stillClock } from '../../../fixtures/still-clock.ts';
import { janitorPorts } from './janitor-ports.ts';

const call = { patienceSeconds: 0, signal: new AbortController().signal };
const execution = aDestroyExecution();
let clock: StillClock;
let store: DeploymentStore;
let left: readonly Resource[];
let removed: readonly string[];

beforeEach(async () => {
  clock = stillClock();
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  left = [];
  removed = [];
});

async function destroying(target: Target): Promise<JanitorPorts> {
  await store.createDeployment(aDeployment({ target }));
  await store.createExecution(execution);
  return janitorPorts({
    store,
    clock,
    inventory: { find: async () => left },
    secrets: {
      list: async () => [],
      removeAll: async (_, recorded = []) => {
        removed = recorded;
      },
    },
  });
}

const VPC = { type: 'vpc', id: 'vpc-1' };
const VPC_LEFT = { code: 'ResourcesLeft', message: expect.stringContaining('vpc vpc-1') };

test('what AWS shows for a moment after it has gone is looked at again', async () => {
  const ports = await destroying('aws');
  left = [VPC];
  expect(await proveRemoval(ports, execution, call)).toEqual({ finished: false });
  clock.advance(59);
  expect(await proveRemoval(ports, execution, call)).toEqual({ finished: false });
  left = [];
  expect(await proveRemoval(ports, execution, call)).toEqual({ finished: true });
  expect(await store.findDeployment('shop')).toMatchObject({ status: 'DESTROYED' });
});

test('what stays is told, in every attempt', async () => {
  const ports = await destroying('aws');
  left = [VPC];
  for (const _ of ['first', 'second']) {
    expect(await proveRemoval(ports, execution, call)).toEqual({ finished: false });
    clock.advance(60);
    await expect(proveRemoval(ports, execution, call)).rejects.toMatchObject(VPC_LEFT);
  }
});

test('on one machine what is there is told at once', async () => {
  const ports = await destroying('local');
  left = [VPC];
  await expect(proveRemoval(ports, execution, call)).rejects.toMatchObject(VPC_LEFT);
});

test('secrets go that the records name, in settings and in answers to fixes', async () => {
  const ports = await destroying('aws');
  const { settings, ...fields } = anExecution();
  await store.createExecution({ ...fields, settings: { ...settings, environmentSecret: 'secret:1' } });
  const values = { environmentSecret: 'secret:2', environmentNames: ['A'] };
  await store.putFix(aProposedFix({ executionId: fields.id, values }));
  expect(await proveRemoval(ports, execution, call)).toEqual({ finished: true });
  expect(removed).toEqual(['secret:1', 'secret:2']);
});
