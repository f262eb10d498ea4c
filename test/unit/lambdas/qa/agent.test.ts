import { describe, expect, test } from '@jest/globals';
import { qa } from '../../../../lambdas/qa/agent.ts';
import type { QaPorts } from '../../../../lambdas/qa/ports.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { HttpProbeRequest } from '../../../../src/ports/probe.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { plan } from '../../../fixtures/cli/documents.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';
import { scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

const call = { patienceSeconds: 0, signal: new AbortController().signal };
const SOURCE = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
const RELEASED = {
  url: 'http://127.0.0.1:8000/',
  stack: 'shop-compute-blue',
  color: 'blue',
  release: 1,
  instances: ['i-1'],
};
const instance = { id: 'i-1', process: 'web', exposed: true, state: 'running', restarts: 0 };

/** QA of a release that answers its health check, whose other routes all fail. */
async function verification() {
  const clock = stillClock();
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  await store.createDeployment(aDeployment());
  const model = scriptedLanguageModel({ checks: { checks: [{ route: 'route-1', confidence: 0.9 }] } });
  const asked: string[] = [];
  const ports = {
    store,
    clock,
    model,
    telemetry: { log: () => undefined },
    sources: { open: async () => memoryTree({ 'server.js': "app.get('/orders', list);\n" }) },
    instances: { list: async () => [instance] },
    router: {
      weights: async () => ({ blue: 100, green: 0 }),
      probeRoute: async () => ({ url: RELEASED.url, headers: {}, targetHeader: 'x-target' }),
    },
    probe: {
      http: async ({ url }: HttpProbeRequest) => {
        asked.push(new URL(url).pathname);
        const status = url.endsWith('/orders') ? 500 : 200;
        return {
          reached: true,
          answer: { status, headers: { 'x-target': 'i-1' }, body: '', milliseconds: 1 },
        };
      },
      tcp: async () => ({ reached: true, answer: { milliseconds: 1 } }),
    },
  } as unknown as QaPorts;
  return {
    model,
    asked,
    verify: async (id: string, subject: 'live' | 'candidate' = 'live') => {
      const execution = anExecution({ id });
      await store.createExecution(execution);
      await finishStage(store, execution, 'analyse', {
        source: SOURCE,
        plan: JSON.parse(JSON.stringify(plan())),
        confidence: 0.9,
      });
      await finishStage(store, execution, 'load-balancer', { stack: 'shop-load-balancer', outputs: {} });
      await finishStage(store, execution, 'release', RELEASED);
      const answer = await qa(ports)({ executionId: id, subject }, call);
      await store.updateExecution(id, { status: 'SUCCEEDED', endedAt: clock.now() });
      return answer;
    },
    shown: async () => await store.findVerification('shop-abc234'),
  };
}

describe('the verification of a release', () => {
  test('passes with a proposed check that warns, and shows it', async () => {
    const { verify, shown } = await verification();
    expect(await verify('deploy-1')).toEqual({ finished: true });
    expect((await shown()).at(-1)).toMatchObject({ id: 'route:/orders', result: 'warn' });
  });

  test('stands for a second one, with the checks that were proposed then', async () => {
    const { verify, shown, model, asked } = await verification();
    await verify('deploy-1');
    const first = await shown();
    await verify('deploy-2');
    expect(await shown()).toEqual(first);
    expect(model.questions).toHaveLength(1);
    expect(asked.filter((path) => path === '/orders')).toHaveLength(1);
  });

  test('asks no model about a candidate', async () => {
    const { verify, model } = await verification();
    await verify('update-1', 'candidate');
    expect(model.questions).toEqual([]);
  });
});
