import { describe, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { localModelBreakers } from '../../../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../../../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { modelCostsDocument, modelsDocument } from '../../../src/contracts/models.ts';
import type { ModelCall } from '../../../src/domain/models/model-call.ts';
import type { ModelSettings } from '../../../src/domain/models/model-settings.ts';
import { describeModels } from '../../../src/operations/describe-models.ts';
import { modelCosts } from '../../../src/operations/model-costs.ts';
import { aDeployment } from '../../contracts/deployment-store.contract.ts';
import { anOpenCall, settled } from '../../fixtures/model-call.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

const SETTINGS: ModelSettings = {
  models: {
    primary: { provider: 'bedrock', id: 'global.anthropic.claude-sonnet-5-5' },
    second: null,
    cheap: { provider: 'openai', id: 'something-new' },
  },
  embedding: null,
  region: null,
  budgets: { perDayNanoUsd: 5_000_000_000, perDeploymentNanoUsd: null },
  keepsPrompts: false,
};

const DAY = [{ key: 'day:2026-01-10', limitNanoUsd: 5_000_000_000 }] as const;

async function open() {
  const database = openStateDatabase(':memory:');
  const clock = stillClock('2026-01-10T12:00:00.000Z');
  const store = localDeploymentStore({ database, clock });
  const ledger = localModelLedger({ database, clock });
  const breakers = localModelBreakers({ database });
  await store.createDeployment(aDeployment({ id: 'shop-abc234', name: 'shop' }));
  const asked = async (id: string, costNanoUsd: number, deploymentId: string | null) => {
    const call = anOpenCall({ id, askedAt: '2026-01-10T11:00:00.000Z', deploymentId, costNanoUsd });
    await ledger.reserve(call, DAY);
    return call;
  };
  return {
    ports: { clock, store, models: { settings: SETTINGS, ledger, breakers } },
    breakers,
    asked,
    paid: async (id: string, costNanoUsd: number, deploymentId: string | null) =>
      void (await ledger.settle(settled(await asked(id, costNanoUsd, deploymentId), { costNanoUsd }), DAY)),
  };
}

describe('the costs of models', () => {
  test('are told in dollars, with deployments by their names', async () => {
    const { ports, paid } = await open();
    await paid('one', 1_500_000_000, 'shop-abc234');
    await paid('two', 250_000_000, 'gone-xyz789');
    await paid('three', 5, null);
    const costs = modelCostsDocument.parse(
      await modelCosts(ports, { by: 'deployment', days: 7, deployment: undefined }),
    );
    expect(costs.total).toMatchObject({ calls: 3, costUsd: 1.750000005 });
    expect(costs.groups.map(({ name, costUsd }) => [name, costUsd])).toEqual([
      ['shop', 1.5],
      ['gone-xyz789', 0.25],
      [null, 5e-9],
    ]);
    expect(costs.mostExpensive.map(({ id, deployment }) => [id, deployment])).toEqual([
      ['one', 'shop'],
      ['two', 'gone-xyz789'],
      ['three', null],
    ]);
  });

  test('may be those of one deployment', async () => {
    const { ports, paid } = await open();
    await paid('one', 1_000_000_000, 'shop-abc234');
    await paid('two', 2_000_000_000, null);
    const costs = await modelCosts(ports, { by: 'agent', days: 1, deployment: 'shop' });
    expect(costs.total).toMatchObject({ calls: 1, costUsd: 1 });
    await expect(modelCosts(ports, { by: 'agent', days: 1, deployment: 'nothing' })).rejects.toMatchObject({
      code: 'DeploymentNotFound',
    });
  });

  test('leave out what is still being asked, and say so', async () => {
    const { ports, asked } = await open();
    await asked('one', 3_000_000_000, null);
    const costs = await modelCosts(ports, { by: 'day', days: 1, deployment: undefined });
    expect(costs.total.costUsd).toBe(0);
    expect(costs.open).toEqual({ calls: 1, reservedUsd: 3 });
  });
});

describe('the models', () => {
  test('are told in the order of the chain, with breakers, prices and budgets', async () => {
    const { ports, breakers, paid, asked } = await open();
    await paid('one', 1_000_000_000, null);
    await asked('two', 500_000_000, null);
    const model = 'openai:something-new';
    const openedAt = '2026-01-10T11:59:50.000Z';
    await breakers.change(undefined, {
      model,
      state: 'open',
      failures: 3,
      openedAt,
      probeUntil: null,
      version: 1,
    });
    const shown = modelsDocument.parse(await describeModels(ports));
    expect(shown.models).toEqual([
      {
        level: 'primary',
        model: 'bedrock:global.anthropic.claude-sonnet-5-5',
        breaker: 'closed',
        failures: 0,
        isPriceKnown: true,
        inputUsd: 2,
        outputUsd: 10,
      },
      expect.objectContaining({ level: 'cheap', model, breaker: 'open', failures: 3, isPriceKnown: false }),
    ]);
    expect(shown.budgets).toEqual([{ period: 'day', limitUsd: 5, spentUsd: 1, reservedUsd: 0.5 }]);
    expect(shown.deploymentLimitUsd).toBeNull();
  });

  test('are told with what the newest call of each was refused for, as time does not mend it', async () => {
    const { ports } = await open();
    const { ledger } = ports.models;
    const ended = async (id: string, minute: number, change: Partial<ModelCall>) => {
      const askedAt = `2026-01-10T11:0${minute}:00.000Z`;
      await ledger.record(settled(anOpenCall({ id, askedAt }), { outcome: 'failed', ...change }));
    };
    const refused = async () => (await describeModels(ports)).models.map((model) => model.refused);
    await ended('one', 1, { failure: 'access-denied' });
    await ended('two', 2, { failure: 'throttled', model: 'openai:something-new' });
    expect(await refused()).toEqual(['access-denied', undefined]);
    await ended('three', 3, { outcome: 'answered' });
    expect(await refused()).toEqual([undefined, undefined]);
  });

  test('are none where none is configured', async () => {
    const { ports } = await open();
    const settings = { ...SETTINGS, models: { primary: null, second: null, cheap: null } };
    const shown = await describeModels({ ...ports, models: { ...ports.models, settings } });
    expect(shown.models).toEqual([]);
  });
});
