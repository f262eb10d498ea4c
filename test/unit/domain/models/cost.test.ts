import { expect, test } from '@jest/globals';
import { costNanoUsd, worstCaseNanoUsd } from '../../../../src/domain/models/cost.ts';
import { type ModelUsage, NO_USAGE } from '../../../../src/domain/models/model-call.ts';
import prices from '../../../../src/domain/models/model-prices.json' with { type: 'json' };
import type { ModelReference } from '../../../../src/domain/models/model-settings.ts';
import { priceOf } from '../../../../src/domain/models/price.ts';
import fc from '../../../fixtures/properties.ts';

const HAIKU: ModelReference = { provider: 'bedrock', id: 'global.anthropic.claude-haiku-5-5' };
const haiku = priceOf(HAIKU);
const usage = (of: Partial<ModelUsage>): ModelUsage => ({ ...NO_USAGE, ...of });

/** Rational numbers, as one learns them at school. */
interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}
const ratio = (decimal: string): Ratio => {
  const [whole = '', fraction = ''] = decimal.split('.');
  return { over: BigInt(`${whole}${fraction}`), under: 10n ** BigInt(fraction.length) };
};
const multiplied = (...factors: readonly Ratio[]): Ratio =>
  factors.reduce((a, b) => ({ over: a.over * b.over, under: a.under * b.under }));
const added = (terms: readonly Ratio[]): Ratio =>
  terms.reduce((a, b) => ({ over: a.over * b.under + b.over * a.under, under: a.under * b.under }));
const count = (tokens: number): Ratio => ({ over: BigInt(tokens), under: 1n });

/** The price list read in another way: dollars for a million tokens, in billionths, rounded up at the end. */
function reference(model: (typeof prices.models)[number], isRegional: boolean, of: ModelUsage): bigint {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = of;
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
  const tiers: readonly { abovePromptTokens?: number; input: string; output: string }[] = model.tiers;
  const tier = tiers.filter(({ abovePromptTokens = -1 }) => prompt > abovePromptTokens).at(-1);
  if (tier === undefined) throw new Error('no tier');
  const factors = prices.cacheFactors[model.cache as keyof typeof prices.cacheFactors];
  const dollars = added([
    multiplied(count(inputTokens), ratio(tier.input)),
    multiplied(count(outputTokens), ratio(tier.output)),
    multiplied(count(cacheReadTokens), ratio(tier.input), ratio(factors.read)),
    multiplied(count(cacheWriteTokens['5m']), ratio(tier.input), ratio(factors.write5m)),
    multiplied(count(cacheWriteTokens['1h']), ratio(tier.input), ratio(factors.write1h)),
  ]);
  const region = ratio(isRegional ? model.regionalFactor : '1');
  const nano = multiplied(dollars, region, { over: 1_000n, under: 1n });
  return (nano.over + nano.under - 1n) / nano.under;
}

const tokens = fc.oneof(
  fc.nat({ max: 200 }),
  fc.integer({ min: 99_990, max: 100_010 }),
  fc.nat({ max: 5_000_000 }),
);
const usages: fc.Arbitrary<ModelUsage> = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: fc.record({ '5m': tokens, '1h': tokens }),
});
const listed = fc
  .record({ model: fc.constantFrom(...prices.models), isRegional: fc.boolean() })
  .map(({ model, isRegional }) => ({
    model,
    isRegional,
    price: priceOf({ provider: isRegional ? 'bedrock' : 'anthropic', id: model.ids[0] ?? '' }),
  }));

test('a call costs what the price list says, in rational numbers, rounded up once', () => {
  fc.assert(
    fc.property(listed, usages, ({ model, isRegional, price }, of) => {
      expect(BigInt(costNanoUsd(of, price))).toBe(reference(model, isRegional, of));
    }),
    { numRuns: 500 },
  );
});

test('more tokens of any sort never cost less', () => {
  const more = fc.constantFrom<(of: ModelUsage, by: number) => ModelUsage>(
    (of, by) => ({ ...of, inputTokens: of.inputTokens + by }),
    (of, by) => ({ ...of, outputTokens: of.outputTokens + by }),
    (of, by) => ({ ...of, cacheReadTokens: of.cacheReadTokens + by }),
    (of, by) => ({
      ...of,
      cacheWriteTokens: { ...of.cacheWriteTokens, '1h': of.cacheWriteTokens['1h'] + by },
    }),
  );
  fc.assert(
    fc.property(listed, usages, more, tokens, ({ price }, of, grown, by) => {
      expect(costNanoUsd(grown(of, by), price)).toBeGreaterThanOrEqual(costNanoUsd(of, price));
    }),
  );
});

test('no usage within the bounds of a call costs more than its worst case', () => {
  const unknown = { price: priceOf({ provider: 'openai', id: 'unheard-of' }) };
  fc.assert(
    fc.property(
      fc.oneof(listed, fc.constant(unknown)),
      usages,
      tokens,
      tokens,
      ({ price }, of, rest, words) => {
        const { inputTokens, cacheReadTokens, cacheWriteTokens } = of;
        const prompt = inputTokens + cacheReadTokens + cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
        const bounds = { promptTokens: prompt + rest, maximumOutputTokens: of.outputTokens + words };
        expect(worstCaseNanoUsd(bounds, price)).toBeGreaterThanOrEqual(costNanoUsd(of, price));
      },
    ),
    { numRuns: 500 },
  );
});

test('the worst case is a prompt that is all written to the cache for the longest time, and a full answer', () => {
  expect(worstCaseNanoUsd({ promptTokens: 1_000, maximumOutputTokens: 100 }, haiku)).toBe(
    costNanoUsd(usage({ cacheWriteTokens: { '5m': 0, '1h': 1_000 }, outputTokens: 100 }), haiku),
  );
  expect(worstCaseNanoUsd({ promptTokens: 0, maximumOutputTokens: 0 }, haiku)).toBe(0);
});

test('a prompt one token beyond the tier makes the whole request dearer, cached tokens counted', () => {
  expect(costNanoUsd(usage({ inputTokens: 100_000, outputTokens: 1_000 }), haiku)).toBe(10_500_000);
  expect(costNanoUsd(usage({ inputTokens: 100_001, outputTokens: 1_000 }), haiku)).toBe(52_500_500);
  expect(costNanoUsd(usage({ inputTokens: 1, cacheReadTokens: 100_000 }), haiku)).toBe(5_000_500);
});

test('tokens from the cache cost their part, neither nothing nor as much as new ones', () => {
  const sonnet = priceOf({ provider: 'anthropic', id: 'claude-sonnet-5-5' });
  expect(costNanoUsd(usage({ cacheReadTokens: 1_000_000 }), sonnet)).toBe(100_000_000);
  const without = priceOf({ provider: 'bedrock', id: 'openai.gpt-oss-20b-1:0' });
  expect(costNanoUsd(usage({ cacheReadTokens: 1_000_000 }), without)).toBe(70_000_000);
});

test('what is kept in the cache for an hour costs more to write than what is kept for five minutes', () => {
  const sonnet = priceOf({ provider: 'anthropic', id: 'claude-sonnet-5-5' });
  expect(costNanoUsd(usage({ cacheWriteTokens: { '5m': 1_000_000, '1h': 0 } }), sonnet)).toBe(2_500_000_000);
  expect(costNanoUsd(usage({ cacheWriteTokens: { '5m': 0, '1h': 1_000_000 } }), sonnet)).toBe(4_000_000_000);
});

test('a fraction of a nanodollar counts as a whole one', () => {
  const nova = priceOf({ provider: 'bedrock', id: 'amazon.nova-micro-v1:0' });
  expect(costNanoUsd(usage({ inputTokens: 1 }), nova)).toBe(35);
  expect(costNanoUsd(usage({ cacheReadTokens: 1 }), nova)).toBe(9);
  expect(costNanoUsd(NO_USAGE, nova)).toBe(0);
});
