import { describe, expect, test } from '@jest/globals';
import { instanceReleaseOf } from '../../../src/contracts/instance-release.ts';
import type { DeploySettings } from '../../../src/domain/execution.ts';
import { givenVariables } from '../../../src/domain/given-variables.ts';
import { shapeOf } from '../../../src/domain/instance-release.ts';
import { computeParameters } from '../../../src/stages/compute-parameters.ts';
import { anExecution } from '../../contracts/deployment-store.contract.ts';
import { express, planOf } from '../lambdas/recon/plan-of.ts';

const parametersOf = async (change: Partial<DeploySettings> = {}) => {
  const settings = { ...anExecution().settings, ...change };
  const plan = await planOf(express(), { plan: settings.plan });
  const facts = { deploymentId: 'shop-abc234', plan, settings, liveColor: undefined };
  const release = {
    color: 'blue',
    release: 1,
    commit: 'abc',
    artifact: 'sha256-1',
    databaseSecret: null,
  } as const;
  return computeParameters(facts, release);
};

describe('what instances are told of a release', () => {
  test.each(['local', 'aws'] as const)('is what a fix has set, in clear text (%s)', async (target) => {
    const variables = { HOST: '0.0.0.0' };
    const release = instanceReleaseOf(await parametersOf({ target, variables, plan: { port: '3000' } }));
    expect(release.variables).toEqual(variables);
    expect(release.processes[0]?.port).toBe(3000);
  });

  test('is as it was when nothing is set', async () => {
    const parameters = await parametersOf();
    expect(parameters).not.toHaveProperty('variables');
    expect(instanceReleaseOf(parameters)).not.toHaveProperty('variables');
    expect(parameters['processes']).not.toContain('port');
  });

  test('is that they are one, where they insist on a port of one machine', async () => {
    const countIn = async (change: Partial<DeploySettings>): Promise<number | undefined> =>
      instanceReleaseOf(await parametersOf({ stage: 'production', ...change })).processes[0]?.count;
    expect(await countIn({})).toBe(2);
    expect(await countIn({ plan: { port: '3000' } })).toBe(1);
    expect(await countIn({ target: 'aws', plan: { port: '3000' } })).toBe(2);
  });

  test('cannot change its port on an instance that is there', async () => {
    const [before, after] = [await parametersOf(), await parametersOf({ plan: { port: '3000' } })];
    expect(shapeOf(instanceReleaseOf(before))).not.toBe(shapeOf(instanceReleaseOf(after)));
  });
});

test('names of variables are those of the operator and those of fixes, each once', () => {
  const variables = { HOST: '0.0.0.0', CI: 'false' };
  expect(givenVariables({ environmentNames: ['API_KEY', 'CI'], variables })).toEqual([
    'API_KEY',
    'CI',
    'HOST',
  ]);
});
