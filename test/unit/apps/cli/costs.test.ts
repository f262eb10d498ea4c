import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type ModelCostsView,
  type ModelsView,
  modelCostsDocument,
} from '../../../../src/contracts/models.ts';
import { type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

const SUMS = {
  calls: 1_204,
  costUsd: 1.25,
  inputTokens: 1_000_000,
  outputTokens: 20_000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

const COSTS: ModelCostsView = {
  by: 'agent',
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-30T12:00:00.000Z',
  total: SUMS,
  groups: [{ name: 'me\u001b[31mdic', ...SUMS }],
  trend: { previousUsd: 1, changePercent: 25 },
  mostExpensive: [
    {
      id: 'call-1',
      askedAt: '2026-01-30T11:00:00.000Z',
      deployment: 'shop',
      agent: 'medic',
      kind: 'diagnosis',
      level: 'primary',
      model: 'bedrock:global.anthropic.claude-sonnet-5-5',
      outcome: 'answered',
      failure: null,
      attempts: 1,
      isEstimated: false,
      costUsd: 0.000_042,
      latencyMilliseconds: 900,
    },
  ],
  projection: { month: '2026-01', spentUsd: 1.25, projectedUsd: 1.31 },
  levels: { primary: 1_200, second: 0, cheap: 3, rules: 1 },
  cacheHits: { no: 1_000, exact: 200, meaning: 4 },
  failures: 2,
  open: { calls: 0, reservedUsd: 0 },
  lost: { calls: 1, reservedUsd: 0.01 },
};

const MODELS: ModelsView = {
  models: [
    {
      level: 'primary',
      model: 'bedrock:global.anthropic.claude-sonnet-5-5',
      breaker: 'closed',
      failures: 0,
      isPriceKnown: true,
      inputUsd: 2,
      outputUsd: 10,
    },
  ],
  embedding: null,
  budgets: [{ period: 'day', limitUsd: 5, spentUsd: 1, reservedUsd: 0 }],
  deploymentLimitUsd: 2,
  prices: { asOf: '2026-11-21', sources: ['a price list'] },
};

async function start(routes: FakeRoutes = {}) {
  const home = await temporaryHome();
  const server = await FakeServer.start(home, {
    'GET /v1/models/costs': { body: COSTS },
    'GET /v1/models': { body: MODELS },
    ...routes,
  });
  servers.push(server);
  return { server, session: new TestSession({ home }) };
}

describe('hivemind costs', () => {
  test('shows the sum, the trend, the projection, where it goes, and the budgets', async () => {
    const { server, session } = await start();
    expect(await session.run('costs', '--by', 'agent', '--days', '30')).toBe(0);
    const text = session.stdout.text;
    for (const words of [
      '$1.25 for 1,204 calls, 2026-01-01 to 2026-01-30, 25 % more than in the same time before ($1.00)',
      '2026-01: $1.25 so far, about $1.31 by its end',
      '2 calls gave no answer that could be used',
      '1 were never settled: they count with $0.01',
      '$0.000042',
      'the cause of an unknown failure',
      'primary model 1,200, cheap model 3, rules 1, of them from the cache 204',
      'today: $1.00 of $5.00 (20 %)',
      'each deployment: $2.00 in all its life',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('\u001b[31m');
    expect(server.seen.map(({ path }) => path)).toContain('/v1/models/costs?by=agent&days=30');
  });

  test('asks for one deployment, and prints one document', async () => {
    const { server, session } = await start();
    expect(await session.run('costs', '--deployment', 'a b', '--by', 'day', '--json')).toBe(0);
    expect(JSON.parse(session.stdout.text)).toEqual(COSTS);
    expect(server.seen.at(-1)?.path).toBe('/v1/models/costs?by=day&days=30&deployment=a+b');
  });

  test('says that rules answer where no model is configured', async () => {
    const nothing = { ...COSTS, total: { ...SUMS, calls: 0, costUsd: 0 }, groups: [], mostExpensive: [] };
    const { session } = await start({
      'GET /v1/models/costs': { body: nothing },
      'GET /v1/models': { body: { ...MODELS, models: [] } },
    });
    expect(await session.run('costs')).toBe(0);
    expect(session.stdout.text).toMatch(/^no model was asked anything, .*: rules answer alone/);
  });

  test('has an answer where nothing was ever deployed, and starts no server for it', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    expect(await session.run('costs', '--json')).toBe(0);
    expect(modelCostsDocument.parse(JSON.parse(session.stdout.text)).total.calls).toBe(0);
  });

  test.each([
    ['--by', 'colour'],
    ['--days', '0'],
    ['--days', '366'],
  ])('refuses %s %s', async (...words) => {
    const session = new TestSession({ home: await temporaryHome() });
    expect(await session.run('costs', ...words)).toBe(2);
  });
});

describe('hivemind doctor', () => {
  const modelLines = async (models: ModelsView, environment = {}) => {
    const home = await temporaryHome();
    servers.push(await FakeServer.start(home, { 'GET /v1/models': { body: models } }));
    const session = new TestSession({ home, environment });
    await session.run('doctor', '--json');
    const { checks } = JSON.parse(session.stdout.text);
    return checks.filter(({ name }: { name: string }) => name.startsWith('model'));
  };

  test('shows models and the budget of the day', async () => {
    expect(await modelLines(MODELS)).toEqual([
      {
        name: 'models',
        status: 'ok',
        detail: 'primary bedrock:global.anthropic.claude-sonnet-5-5',
        mend: null,
      },
      { name: 'model budget', status: 'ok', detail: 'today: $1.00 of $5.00 (20 %)', mend: null },
    ]);
  });

  test('warns of an open breaker, of a spent budget, and of a price that is not known', async () => {
    const [first] = MODELS.models;
    const models = first ? [{ ...first, breaker: 'open' as const, failures: 3, isPriceKnown: false }] : [];
    const budgets = [{ period: 'day' as const, limitUsd: 5, spentUsd: 5.5, reservedUsd: 0.5 }];
    const [model, budget] = await modelLines({ ...MODELS, models, budgets });
    expect(model).toMatchObject({ status: 'warn' });
    expect(model.detail).toContain('its breaker is open after 3 failures; its price is not known');
    expect(budget).toMatchObject({
      status: 'warn',
      detail: 'today: $5.50 of $5.00 (110 %), $0.50 set aside for open calls',
    });
  });

  test('says when the server does not know of the model that is set here', async () => {
    const [check] = await modelLines({ ...MODELS, models: [] }, { HIVEMIND_MODEL: 'some-model' });
    expect(check).toMatchObject({ status: 'warn', mend: expect.stringContaining('serve --stop') });
  });

  test('says that none is configured', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    await session.run('doctor', '--json');
    expect(JSON.parse(session.stdout.text).checks.at(-1)).toEqual({
      name: 'models',
      status: 'ok',
      detail: 'none is configured: rules answer alone',
      mend: null,
    });
  });
});
