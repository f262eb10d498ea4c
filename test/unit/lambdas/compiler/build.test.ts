import { describe, expect, test } from '@jest/globals';
import { compiler } from '../../../../lambdas/compiler/agent.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { DeploySettings } from '../../../../src/domain/execution.ts';
import type { BuildRequest } from '../../../../src/ports/builder.ts';
import { analysedOutput } from '../../../../src/stages/outputs.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { express, planOf } from '../recon/plan-of.ts';

const SOURCE = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };

/** What the builder is asked for, for an execution with these settings. */
async function requested(change: Partial<DeploySettings>): Promise<BuildRequest | undefined> {
  const clock = stillClock('2026-01-01T00:01:00.000Z');
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  const execution = anExecution();
  await store.createDeployment(aDeployment());
  await store.createExecution({ ...execution, settings: { ...execution.settings, ...change } });
  const plan = await planOf(express());
  await finishStage(
    store,
    execution,
    'analyse',
    analysedOutput.parse({ source: SOURCE, plan, confidence: 1 }),
  );
  const requests: BuildRequest[] = [];
  const ports = {
    store,
    clock,
    telemetry: { log: () => undefined },
    artifacts: { find: async () => undefined },
    builder: {
      build: async (request: BuildRequest) => {
        requests.push(request);
        return { status: 'RUNNING' } as const;
      },
    },
  };
  const call = { patienceSeconds: 0, signal: new AbortController().signal };
  await compiler(ports)({ executionId: execution.id }, call);
  return requests[0];
}

describe('a build', () => {
  test('has the variables and the memory that are set for it', async () => {
    const request = await requested({ variables: { CI: 'false' }, plan: { buildMemory: '4096' } });
    expect(request).toMatchObject({ variables: { CI: 'false' }, memoryMegabytes: 4096 });
  });

  test('is another one with another memory or other variables', async () => {
    const settings = [{}, { variables: { CI: 'false' } }, { plan: { buildMemory: '4096' } }];
    const tokens = await Promise.all(settings.map(async (change) => (await requested(change))?.token));
    expect(new Set(tokens).size).toBe(3);
  });

  test('is the same whatever is set for something else', async () => {
    const [one, other] = [await requested({}), await requested({ plan: { healthCheckPath: '/healthz' } })];
    expect(one?.token).toBe(other?.token);
    expect(one).not.toHaveProperty('variables');
  });
});
