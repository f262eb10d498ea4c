import { describe, expect, test } from '@jest/globals';
import { recon } from '../../../../lambdas/recon/agent.ts';
import { noModel } from '../../../../src/adapters/anywhere/language-model.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { LanguageModel } from '../../../../src/ports/language-model.ts';
import { analysedOutput } from '../../../../src/stages/outputs.ts';
import { findOutput } from '../../../../src/stages/stage-context.ts';
import { aDeployment, anExecution } from '../../../contracts/deployment-store.contract.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';
import { scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { choosing } from './model/filled.ts';
import { express } from './plan-of.ts';

const call = { patienceSeconds: 0, signal: new AbortController().signal };
const SOURCE = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
const ROUTES = `const app = require('express')();
app.get('/orders', list);
app.get('/condition', state);
app.listen(process.env.PORT);
`;
const proposal = choosing({
  option: 'healthCheckPath-2',
  file: 'server.js',
  quote: "app.get('/condition', state)",
});

/** The analysis of one repository, as often as it is asked for. */
async function analysis(model: Pick<LanguageModel, 'ask' | 'isConfigured'>) {
  const clock = stillClock();
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  await store.createDeployment(aDeployment());
  const tree = memoryTree(express({}, { 'server.js': ROUTES }));
  const sources = { resolve: async () => SOURCE, open: async () => tree };
  const agent = recon({ store, clock, sources, model, telemetry: { log: () => undefined } });
  return {
    run: async (id: string) => {
      await store.createExecution(anExecution({ id }));
      await agent({ executionId: id }, call);
      await store.updateExecution(id, { status: 'SUCCEEDED', endedAt: clock.now() });
      const analysed = await findOutput(store, id, 'analyse', analysedOutput);
      return analysed?.plan.healthCheckPath.value;
    },
    decisions: async () =>
      (await store.listEvents({ deploymentId: 'shop-abc234' })).filter(({ type }) => type === 'decision'),
  };
}

describe('the analysis', () => {
  test('asks a model once about a commit, and puts on record what it decided', async () => {
    const model = scriptedLanguageModel({ plan: proposal }, { level: 'second', cached: 'exact' });
    const { run, decisions } = await analysis(model);
    expect([await run('deploy-1'), await run('deploy-2')]).toEqual(['/condition', '/condition']);
    expect(model.questions).toHaveLength(1);
    expect(await decisions()).toEqual([
      expect.objectContaining({
        actor: 'recon',
        message: expect.stringContaining('a model decided healthCheckPath (0.79, server.js:3)'),
        data: {
          level: 'second',
          model: 'bedrock:scripted',
          cached: 'exact',
          confidence: 0.79,
          evidence: ['server.js:3'],
          fields: ['healthCheckPath'],
        },
      }),
    ]);
  });

  test('says nothing of models where there is none', async () => {
    const { run, decisions } = await analysis(noModel);
    expect(await run('deploy-1')).toBe('/orders');
    expect(await decisions()).toEqual([
      expect.objectContaining({
        message: expect.not.stringMatching(/rules decided|model/),
        data: { level: 'rules', reason: 'not-configured', confidence: 0.65 },
      }),
    ]);
  });
});
