import { expect, test } from '@jest/globals';
import { ALERT_PERCENTS, budgetLimits, reachedPercents } from '../../../../src/domain/models/budget.ts';
import fc from '../../../fixtures/properties.ts';

const NOW = '2026-11-21T23:59:59.999Z';

test('a call counts against the budget of its day and that of its deployment', () => {
  const budgets = { perDayNanoUsd: 5, perDeploymentNanoUsd: 7 };
  expect(budgetLimits(budgets, 'shop-abc123', NOW)).toEqual([
    { key: 'day:2026-11-21', limitNanoUsd: 5 },
    { key: 'deployment:shop-abc123', limitNanoUsd: 7 },
  ]);
  expect(budgetLimits(budgets, null, NOW)).toEqual([{ key: 'day:2026-11-21', limitNanoUsd: 5 }]);
});

test('without a limit nothing is counted against it, and a limit of nothing is one', () => {
  expect(budgetLimits({ perDayNanoUsd: null, perDeploymentNanoUsd: null }, 'shop', NOW)).toEqual([]);
  expect(budgetLimits({ perDayNanoUsd: 0, perDeploymentNanoUsd: null }, 'shop', NOW)).toEqual([
    { key: 'day:2026-11-21', limitNanoUsd: 0 },
  ]);
});

test('the day is that of UTC', () => {
  const [limit] = budgetLimits(
    { perDayNanoUsd: 1, perDeploymentNanoUsd: null },
    null,
    '2026-11-22T01:30:00+02:00',
  );
  expect(limit?.key).toBe('day:2026-11-21');
});

test.each([
  [0, 49, 100, []],
  [0, 50, 100, [50]],
  [50, 80, 100, [80]],
  [0, 100, 100, [50, 80, 100]],
  [100, 119, 100, []],
  [119, 500, 100, [120]],
  [120, 500, 100, []],
  [0, 1, 0, [50, 80, 100, 120]],
  [0, 0, 0, []],
  [0, 1, 3, []],
  [1, 2, 3, [50]],
])('from %d to %d of %d reaches %j percent', (before, after, limit, expected) => {
  expect(reachedPercents(before, after, limit)).toEqual(expected);
});

test('in whatever steps a budget is spent, every percent is reached once and none too early', () => {
  const steps = fc.array(fc.nat({ max: 40_000_000_000_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 100_000_000_000_000 }), (amounts, limit) => {
      const reached: number[] = [];
      let spent = 0;
      for (const amount of amounts) {
        reached.push(...reachedPercents(spent, spent + amount, limit));
        spent += amount;
      }
      expect(reached).toEqual(
        ALERT_PERCENTS.filter(
          (percent) => spent > 0 && BigInt(spent) * 100n >= BigInt(limit) * BigInt(percent),
        ),
      );
    }),
  );
});
