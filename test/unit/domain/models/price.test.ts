import { expect, test } from '@jest/globals';
import prices from '../../../../src/domain/models/model-prices.json' with { type: 'json' };
import { type ModelReference, modelName } from '../../../../src/domain/models/model-settings.ts';
import { priceOf } from '../../../../src/domain/models/price.ts';

const bedrock = (id: string): ModelReference => ({ provider: 'bedrock', id });
const ofMillion = (model: ModelReference): readonly number[] => {
  const { isKnown, tiers } = priceOf(model);
  if (!isKnown) throw new Error(`${modelName(model)} is not known`);
  return tiers.flatMap(({ picoUsdPerToken: { input, output } }) => [input / 1e6, output / 1e6]);
};

test.each([
  ['global.anthropic.claude-haiku-5-5', [0.1, 0.5, 0.5, 2.5]],
  ['global.anthropic.claude-sonnet-5-5', [2, 10]],
  ['global.anthropic.claude-sonnet-5', [2, 10]],
  ['global.anthropic.claude-opus-5-5-v1', [4, 20]],
  ['global.anthropic.claude-opus-5-v1:0', [5, 25]],
  ['global.anthropic.claude-opus-4-5-20251101-v1:0', [5, 25]],
  ['global.anthropic.claude-haiku-4-5-20251001-v1:0', [1, 5]],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', [3, 15]],
  ['anthropic.claude-sonnet-4-20250514-v1:0', [3, 15]],
  ['amazon.nova-micro-v1:0', [0.035, 0.14]],
  ['us.amazon.nova-lite-v1:0:300k', [0.06, 0.24]],
  ['eu.amazon.nova-pro-v1:0', [0.8, 3.2]],
  ['openai.gpt-oss-20b-1:0', [0.07, 0.3]],
  ['openai.gpt-oss-120b-1:0', [0.15, 0.6]],
  ['amazon.titan-embed-text-v2:0', [0.02, 0]],
  ['cohere.embed-multilingual-v3', [0.1, 0]],
  ['us.cohere.embed-v4:0', [0.12, 0]],
])('%s costs its list price', (id, expected) => {
  expect(ofMillion(bedrock(id))).toEqual(expected);
});

test.each(['us', 'eu', 'apac', 'jp', 'au', 'us-gov', 'ca', 'sa'])(
  'a model of the 4.5 generation or later costs a tenth more in the geography %s',
  (geography) => {
    expect(ofMillion(bedrock(`${geography}.anthropic.claude-sonnet-5-5`))).toEqual([2.2, 11]);
    expect(ofMillion(bedrock(`${geography}.anthropic.claude-sonnet-4-20250514-v1:0`))).toEqual([3, 15]);
  },
);

test('one region alone costs what a geography does, and the maker itself what the global profile does', () => {
  expect(ofMillion(bedrock('anthropic.claude-opus-5-5'))).toEqual([4.4, 22]);
  expect(ofMillion({ provider: 'anthropic', id: 'claude-opus-5-5' })).toEqual([4, 20]);
  expect(ofMillion({ provider: 'anthropic', id: 'claude-opus-4-5-20251101' })).toEqual([5, 25]);
  expect(ofMillion({ provider: 'google', id: 'claude-sonnet-4-5@20250929' })).toEqual([3, 15]);
  expect(ofMillion({ provider: 'google', id: 'publishers/anthropic/models/claude-sonnet-5-5' })).toEqual([
    2, 10,
  ]);
  expect(ofMillion({ provider: 'openai', id: 'openai/gpt-oss-120b' })).toEqual([0.15, 0.6]);
});

test.each([
  'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-5',
  'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5-5',
])('the ARN %s tells the model and where it is asked', (arn) => {
  expect(ofMillion(bedrock(arn))).toEqual([2.2, 11]);
});

test('the ARN of a global profile costs what its id does', () => {
  const id = 'global.anthropic.claude-haiku-5-5';
  expect(priceOf(bedrock(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/${id}`))).toEqual(
    priceOf(bedrock(id)),
  );
});

test.each([
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/claude-haiku-5-5',
  'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/anthropic.claude-haiku-5-5',
  'arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1',
  'anthropic.claude-opus-6',
  'claude-haiku-5-5-turbo',
  'constructor',
])('%s does not tell its model, and costs more than every one that is known', (id) => {
  const unknown = priceOf(bedrock(id));
  expect(unknown.isKnown).toBe(false);
  const [tier] = unknown.tiers;
  for (const known of prices.models.flatMap(({ ids }) => ids)) {
    for (const { picoUsdPerToken } of priceOf(bedrock(known)).tiers) {
      expect(tier?.picoUsdPerToken.input).toBeGreaterThanOrEqual(picoUsdPerToken.input);
      expect(tier?.picoUsdPerToken.output).toBeGreaterThanOrEqual(picoUsdPerToken.output);
      expect(tier?.picoUsdPerToken.cacheRead).toBeGreaterThanOrEqual(picoUsdPerToken.cacheRead);
      expect(tier?.picoUsdPerToken.cacheWrite['1h']).toBeGreaterThanOrEqual(picoUsdPerToken.cacheWrite['1h']);
    }
  }
});

test.each([
  ['claude-opus-5-5', 0.05, 1.25, 2],
  ['claude-sonnet-5-5', 0.05, 1.25, 2],
  ['claude-haiku-5-5', 0.1, 1.25, 2],
  ['claude-sonnet-5', 0.1, 1.25, 2],
  ['nova-pro', 0.25, 1, 1],
  ['gpt-oss-20b', 1, 1, 1],
])('tokens of %s in a cache cost their part of the input and never nothing', (id, read, short, long) => {
  for (const { picoUsdPerToken } of priceOf({ provider: 'anthropic', id }).tiers) {
    const { input, cacheRead, cacheWrite } = picoUsdPerToken;
    expect([cacheRead / input, cacheWrite['5m'] / input, cacheWrite['1h'] / input]).toEqual([
      read,
      short,
      long,
    ]);
  }
});

test('every listed model has whole prices, tiers in order and one entry for each of its ids', () => {
  const ids = prices.models.flatMap((model) => model.ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    const { isKnown, tiers } = priceOf(bedrock(id));
    expect(isKnown).toBe(true);
    expect(tiers[0]?.abovePromptTokens).toBe(0);
    const starts = tiers.map(({ abovePromptTokens }) => abovePromptTokens);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    for (const {
      picoUsdPerToken: { input, output, cacheRead, cacheWrite },
    } of tiers) {
      for (const price of [input, output, cacheRead, cacheWrite['5m'], cacheWrite['1h']]) {
        expect(Number.isSafeInteger(price) && price >= 0).toBe(true);
      }
      expect(cacheRead).toBeGreaterThan(0);
    }
  }
});
