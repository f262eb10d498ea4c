import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Breaker } from '../../src/domain/models/breaker.ts';
import type { ModelBreakers } from '../../src/ports/model-breakers.ts';

const aBreaker = (change: Partial<Breaker> = {}): Breaker => ({
  model: 'bedrock:global.anthropic.claude-sonnet-5-5',
  state: 'closed',
  failures: 1,
  openedAt: null,
  probeUntil: null,
  version: 1,
  ...change,
});
const FIRST = aBreaker();
const OPEN = aBreaker({ state: 'open', failures: 3, openedAt: '2026-01-01T00:00:00.000Z', version: 2 });
const HALF_OPEN = aBreaker({
  ...OPEN,
  state: 'half-open',
  probeUntil: '2026-01-01T00:02:00.000Z',
  version: 3,
});

/** What every ModelBreakers does. */
export function modelBreakersContract(open: () => Promise<ModelBreakers>): void {
  let breakers: ModelBreakers;
  beforeEach(async () => {
    breakers = await open();
  });

  describe('breakers', () => {
    test('are not there before their first change', async () => {
      expect(await breakers.find(FIRST.model)).toBeUndefined();
      expect(await breakers.list()).toEqual([]);
    });

    test('change one after the other', async () => {
      expect(await breakers.change(undefined, FIRST)).toBe(true);
      expect(await breakers.change(FIRST, OPEN)).toBe(true);
      expect(await breakers.find(FIRST.model)).toEqual(OPEN);
      expect(await breakers.change(OPEN, HALF_OPEN)).toBe(true);
      expect(await breakers.find(FIRST.model)).toEqual(HALF_OPEN);
    });

    test('do not change when somebody else was first', async () => {
      expect(await breakers.change(FIRST, OPEN)).toBe(false);
      await breakers.change(undefined, FIRST);
      expect(await breakers.change(undefined, aBreaker({ failures: 2 }))).toBe(false);
      await breakers.change(FIRST, OPEN);
      expect(await breakers.change(FIRST, aBreaker({ failures: 2, version: 2 }))).toBe(false);
      expect(await breakers.find(FIRST.model)).toEqual(OPEN);
    });

    test('are changed by one of many at once', async () => {
      await breakers.change(undefined, FIRST);
      const changes = Array.from({ length: 10 }, (_, index) =>
        breakers.change(FIRST, aBreaker({ failures: 10 + index, version: 2 })),
      );
      const won = await Promise.all(changes);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await breakers.find(FIRST.model))?.failures).toBe(10 + won.indexOf(true));
    });

    test('are listed by name of the model', async () => {
      const other = aBreaker({ model: 'anthropic:claude-haiku-5' });
      const arn = aBreaker({
        model:
          'bedrock:arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-5-v1:0',
      });
      for (const breaker of [FIRST, arn, other]) await breakers.change(undefined, breaker);
      expect(await breakers.list()).toEqual([other, arn, FIRST]);
      expect(await breakers.find(arn.model)).toEqual(arn);
    });
  });
}
