import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnswerCache, CachedAnswer } from '../../src/ports/answer-cache.ts';

export const anAnswer = (change: Partial<CachedAnswer> = {}): CachedAnswer => ({
  key: 'a'.repeat(64),
  scope: 'qa/checks/1',
  value: { routes: ['/', '/cart'], confidence: 0.9, note: null },
  model: 'bedrock:global.anthropic.claude-haiku-5',
  answeredAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
  embedding: null,
  ...change,
});

/** What every AnswerCache does. Its clock stands at the first moment of 2026, and `advance` moves it on. */
export function answerCacheContract(
  open: () => Promise<{ readonly cache: AnswerCache; readonly advance: (seconds: number) => void }>,
): void {
  let cache: AnswerCache;
  let advance: (seconds: number) => void;
  beforeEach(async () => {
    ({ cache, advance } = await open());
  });

  describe('an answer', () => {
    test.each([
      ['an object', { a: [1, 'two', null, { b: false }], c: 0.25 }],
      ['a text', 'yes'],
      ['nothing', null],
      ['a list', []],
      ['a long text', 'why? \u{1f41d} '.repeat(3_000)],
    ])('that is %s is found by its key as it was put', async (_, value) => {
      await cache.put(anAnswer({ value }));
      await cache.put(anAnswer({ key: 'b'.repeat(64), value: 'other' }));
      expect(await cache.find('a'.repeat(64))).toEqual(anAnswer({ value }));
      expect(await cache.find('c')).toBeUndefined();
    });

    test('replaces the one with its key', async () => {
      await cache.put(anAnswer({ embedding: [1, 0] }));
      const newer = anAnswer({ value: 'newer', answeredAt: '2026-01-01T00:10:00.000Z' });
      await cache.put(newer);
      expect(await cache.find(newer.key)).toEqual(newer);
      expect(await cache.similar(newer.scope, 10)).toEqual([]);
    });

    test('is not found any more when its time is up', async () => {
      await cache.put(anAnswer({ embedding: [1] }));
      advance(3_599);
      expect(await cache.find('a'.repeat(64))).toBeDefined();
      expect(await cache.similar('qa/checks/1', 10)).toHaveLength(1);
      advance(1);
      expect(await cache.find('a'.repeat(64))).toBeUndefined();
      expect(await cache.similar('qa/checks/1', 10)).toEqual([]);
    });
  });

  describe('answers with an embedding', () => {
    const minute = (number: number, change: Partial<CachedAnswer> = {}) =>
      anAnswer({
        key: `key-${number}`,
        answeredAt: `2026-01-01T00:0${number}:00.000Z`,
        embedding: [number, -0.5, 0.25],
        ...change,
      });

    test('are those of their scope, newest first and no more than asked for', async () => {
      for (const number of [2, 1, 3]) await cache.put(minute(number));
      await cache.put(minute(4, { scope: 'ops/anomaly/1' }));
      await cache.put(minute(5, { embedding: null }));
      expect(await cache.similar('qa/checks/1', 10)).toEqual([minute(3), minute(2), minute(1)]);
      expect(await cache.similar('qa/checks/1', 2)).toEqual([minute(3), minute(2)]);
      expect(await cache.similar('qa/checks', 2)).toEqual([]);
      expect(await cache.find('key-2')).toEqual(minute(2));
    });

    test('leave their place to older ones when their time is up', async () => {
      await cache.put(minute(1));
      await cache.put(minute(2, { expiresAt: '2026-01-01T00:30:00.000Z' }));
      advance(1_800);
      expect(await cache.similar('qa/checks/1', 1)).toEqual([minute(1)]);
    });

    test('keep single precision', async () => {
      const embedding = Array.from({ length: 1_024 }, (_, index) => Math.sin(index));
      await cache.put(minute(1, { embedding }));
      const found = (await cache.similar('qa/checks/1', 1))[0]?.embedding;
      expect(found).toEqual(embedding.map(Math.fround));
    });
  });
}
