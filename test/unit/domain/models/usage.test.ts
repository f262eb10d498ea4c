import { expect, test } from '@jest/globals';
import { type CallFacts, promptTokensAtMost, reportedUsage } from '../../../../src/domain/models/usage.ts';
import { anyText } from '../../../fixtures/any-text.ts';
import fc from '../../../fixtures/properties.ts';

const FACTS: CallFacts = { promptCharacters: 3_000, outputCharacters: 300, ttl: '5m' };
const NOTHING_CACHED = { cacheReadTokens: 0, cacheWriteTokens: { '5m': 0, '1h': 0 } };

test('what Bedrock counts is what is charged, each sort of tokens once', () => {
  const reported = {
    inputTokens: 100,
    outputTokens: 80,
    totalTokens: 1_180,
    cacheReadInputTokens: 600,
    cacheWriteInputTokens: 400,
  };
  expect(reportedUsage(reported, FACTS)).toEqual({
    usage: {
      inputTokens: 100,
      outputTokens: 80,
      cacheReadTokens: 600,
      cacheWriteTokens: { '5m': 400, '1h': 0 },
    },
    isEstimated: false,
  });
});

test('cached tokens are not charged a second time where the provider counts them as input', () => {
  const reported = { inputTokens: 1_000, outputTokens: 80, cacheReadInputTokens: 600 };
  for (const provider of ['openai', 'google'] as const) {
    expect(reportedUsage(reported, { ...FACTS, provider }).usage).toMatchObject({
      inputTokens: 400,
      cacheReadTokens: 600,
    });
  }
  expect(reportedUsage(reported, { ...FACTS, provider: 'anthropic' }).usage.inputTokens).toBe(1_000);
});

test('tokens are written for as long as the provider says, the rest for as long as was asked', () => {
  const reported = { inputTokens: 100, outputTokens: 80, cacheWriteInputTokens: 400 };
  const written = (cacheDetails: unknown, ttl: '5m' | '1h' = '5m') =>
    reportedUsage({ ...reported, cacheDetails }, { ...FACTS, ttl }).usage.cacheWriteTokens;
  expect(written([{ ttl: '1h', inputTokens: 400 }])).toEqual({ '5m': 0, '1h': 400 });
  expect(written([{ ttl: '1h', inputTokens: 300 }])).toEqual({ '5m': 100, '1h': 300 });
  expect(written([{ ttl: '5m', inputTokens: 100 }], '1h')).toEqual({ '5m': 100, '1h': 300 });
  expect(written('1h', '1h')).toEqual({ '5m': 0, '1h': 400 });
  expect(written([null, { ttl: '2d', inputTokens: 9 }, { ttl: '1h', inputTokens: -5 }])).toEqual({
    '5m': 400,
    '1h': 0,
  });
});

test.each([
  ['nothing', undefined],
  ['an empty object', {}],
  ['negative numbers', { inputTokens: -1, outputTokens: -1 }],
  ['no numbers', { inputTokens: Number.NaN, outputTokens: Number.POSITIVE_INFINITY }],
  ['text', { inputTokens: '100', outputTokens: '10' }],
  ['fractions', { inputTokens: 1.5, outputTokens: 1.5 }],
  ['absurd numbers', { inputTokens: 1e12, outputTokens: 1e12 }],
  ['zeros for a call that had words', { inputTokens: 0, outputTokens: 0 }],
])('a provider that reports %s is estimated', (_, reported) => {
  expect(reportedUsage(reported, FACTS)).toEqual({
    usage: { inputTokens: 1_000, outputTokens: 100, ...NOTHING_CACHED },
    isEstimated: true,
  });
});

test('more words than the model was allowed are not believed, and the prompt still is', () => {
  const reported = { inputTokens: 500, outputTokens: 5_000 };
  expect(reportedUsage(reported, { ...FACTS, maximumOutputTokens: 1_000 })).toEqual({
    usage: { inputTokens: 500, outputTokens: 100, ...NOTHING_CACHED },
    isEstimated: true,
  });
});

test('whatever is reported, the usage is whole numbers within what the texts can be', () => {
  const promptCharacters = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'inputTokens',
          'outputTokens',
          'cacheReadInputTokens',
          'cacheWriteInputTokens',
          'cacheDetails',
        ),
        fc.anything(),
      ),
      promptCharacters,
      (reported, characters) => {
        const { usage } = reportedUsage(reported, { ...FACTS, promptCharacters: characters });
        const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
        const prompt = [inputTokens, cacheReadTokens, cacheWriteTokens['5m'], cacheWriteTokens['1h']];
        for (const tokens of [...prompt, outputTokens])
          expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
        expect(prompt.reduce((a, b) => a + b)).toBeLessThanOrEqual(
          promptTokensAtMost('\uffff'.repeat(characters)),
        );
      },
    ),
  );
});

test('a prompt has at least as many tokens to be safe with as bytes, and more when it grows', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (text, more) => {
      expect(promptTokensAtMost(text)).toBeGreaterThan(new TextEncoder().encode(text).length);
      expect(promptTokensAtMost(text + more)).toBeGreaterThanOrEqual(promptTokensAtMost(text));
    }),
  );
});
