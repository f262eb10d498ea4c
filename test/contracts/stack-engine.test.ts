import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { LocalStackEngine } from '../../src/adapters/local/stack-engine.ts';
import type { LocalBlueprint } from '../../src/adapters/local/stacks/blueprint.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { type EngineUnderTest, stackEngineContract } from './stack-engine.contract.ts';

function openLocal(calls: string[] = []): EngineUnderTest {
  let failure: HiveMindError | undefined;
  let held: Promise<void> | undefined;
  const network: LocalBlueprint = {
    changeable: ['name'],
    resources: () => ['network'],
    deploy: async ({ name }) => {
      calls.push(`deploy ${name}`);
      await held;
      const error = failure;
      failure = undefined;
      if (error) throw error;
      return { host: '127.0.0.1' };
    },
    remove: async (name) => {
      calls.push(`remove ${name}`);
    },
  };
  const blueprints = {
    network,
    compute: network,
    database: network,
    'load-balancer': network,
    monitoring: network,
  };
  const engine = new LocalStackEngine({
    database: openStateDatabase(':memory:'),
    clock: systemClock,
    blueprints,
  });
  return {
    engine,
    failNext: () => {
      failure = new HiveMindError('NoFreePort', 'no port is free', { hint: 'free one' });
      return { code: 'NoFreePort', message: 'no port is free', hint: 'free one' };
    },
    holdNext: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
}

describe('local stack engine', () => {
  stackEngineContract(async () => openLocal());

  test('replaces what cannot change in place', async () => {
    const calls: string[] = [];
    const { engine } = openLocal(calls);
    const request = {
      name: 'n',
      blueprint: 'network',
      deploymentId: 'd',
      tags: {},
      parameters: { size: '1' },
      token: '1',
    } as const;
    await engine.deploy(request, { patienceSeconds: 5 });
    await engine.deploy({ ...request, parameters: { size: '2' }, token: '2' }, { patienceSeconds: 5 });
    expect(calls).toEqual(['deploy n', 'remove n', 'deploy n']);
  });

  test('changes in place what can change', async () => {
    const calls: string[] = [];
    const { engine } = openLocal(calls);
    const request = {
      name: 'n',
      blueprint: 'network',
      deploymentId: 'd',
      tags: {},
      parameters: { name: '1' },
      token: '1',
    } as const;
    await engine.deploy(request, { patienceSeconds: 5 });
    await engine.deploy({ ...request, parameters: { name: '2' }, token: '2' }, { patienceSeconds: 5 });
    expect(calls).toEqual(['deploy n', 'deploy n']);
  });
});
