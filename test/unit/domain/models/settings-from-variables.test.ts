import { describe, expect, test } from '@jest/globals';
import { hasModel } from '../../../../src/domain/models/model-settings.ts';
import { modelSettings } from '../../../../src/domain/models/settings-from-variables.ts';

describe('the settings of models', () => {
  test('are those of no model where nothing is set', () => {
    const settings = modelSettings({ HIVEMIND_MODEL: ' ' });
    expect(hasModel(settings)).toBe(false);
    expect(settings.models).toEqual({ primary: null, second: null, cheap: null });
  });

  test('name a chain, an embedding model, a region and budgets', () => {
    const settings = modelSettings({
      HIVEMIND_MODEL: 'global.anthropic.claude-sonnet-5-5',
      HIVEMIND_MODEL_SECOND: 'anthropic:claude-opus-5-5',
      HIVEMIND_MODEL_CHEAP: 'bedrock:amazon.nova-micro-v1:0',
      HIVEMIND_MODEL_EMBEDDING: 'amazon.titan-embed-text-v2:0',
      HIVEMIND_MODEL_REGION: 'eu-central-1',
      HIVEMIND_MODEL_BUDGET_DAY: '0.25',
      HIVEMIND_MODEL_BUDGET_DEPLOYMENT: 'none',
      HIVEMIND_MODEL_KEEP_PROMPTS: '1',
    });
    expect(settings).toEqual({
      models: {
        primary: { provider: 'bedrock', id: 'global.anthropic.claude-sonnet-5-5' },
        second: { provider: 'anthropic', id: 'claude-opus-5-5' },
        cheap: { provider: 'bedrock', id: 'amazon.nova-micro-v1:0' },
      },
      embedding: { provider: 'bedrock', id: 'amazon.titan-embed-text-v2:0' },
      region: 'eu-central-1',
      budgets: { perDayNanoUsd: 250_000_000, perDeploymentNanoUsd: null },
      keepsPrompts: true,
    });
  });

  test('have budgets where none is given', () => {
    expect(modelSettings({ HIVEMIND_MODEL: 'a.model' }).budgets).toEqual({
      perDayNanoUsd: 5_000_000_000,
      perDeploymentNanoUsd: 2_000_000_000,
    });
  });

  test.each([
    ['HIVEMIND_MODEL', 'nobody:model'],
    ['HIVEMIND_MODEL', 'a model'],
    ['HIVEMIND_MODEL_REGION', 'everywhere'],
    ['HIVEMIND_MODEL_BUDGET_DAY', '-1'],
    ['HIVEMIND_MODEL_BUDGET_DAY', '1e9'],
    ['HIVEMIND_MODEL_BUDGET_DAY', 'ten'],
    ['HIVEMIND_MODEL_BUDGET_DEPLOYMENT', '9999999'],
  ])('refuse %s=%s, and say which variable it is', (name, value) => {
    expect(() => modelSettings({ HIVEMIND_MODEL: 'a.model', [name]: value })).toThrow(
      expect.objectContaining({ code: 'InvalidInput', message: expect.stringContaining(`${name}: `) }),
    );
  });

  test('refuse a chain without its first model', () => {
    expect(() => modelSettings({ HIVEMIND_MODEL_CHEAP: 'a.model' })).toThrow(/^HIVEMIND_MODEL: /);
  });
});
