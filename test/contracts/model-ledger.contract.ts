import { beforeEach, describe, expect, test } from '@jest/globals';
import type { BudgetLimit } from '../../src/domain/models/budget.ts';
import type { ModelLedger } from '../../src/ports/model-ledger.ts';
import { anOpenCall, settled, unasked } from '../fixtures/model-call.ts';

const DAY = 'day:2026-01-01';
const SHOP = 'deployment:shop-abc234';
const limits = (day: number, deployment: number): BudgetLimit[] => [
  { key: DAY, limitNanoUsd: day },
  { key: SHOP, limitNanoUsd: deployment },
];
const AMPLE = limits(1_000_000, 1_000_000);

const inDayAndShop = (spentNanoUsd: number, reservedNanoUsd: number) =>
  [DAY, SHOP].map((key) => ({ key, spentNanoUsd, reservedNanoUsd }));

/** What every ModelLedger does. */
export function modelLedgerContract(open: () => Promise<{ readonly ledger: ModelLedger }>): void {
  let ledger: ModelLedger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  const all = () => ledger.list({ since: '2026-01-01T00:00:00.000Z' });

  describe('a reservation', () => {
    test('is set aside in every budget, and the call is on record', async () => {
      expect(await ledger.reserve(anOpenCall(), AMPLE)).toBeUndefined();
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(0, 1_000));
      expect(await all()).toEqual([anOpenCall()]);
    });

    test('takes the last of a budget, and not more', async () => {
      expect(await ledger.reserve(anOpenCall(), limits(1_999, 1_000))).toBeUndefined();
      const second = anOpenCall({ id: 'call-2' });
      expect(await ledger.reserve(second, limits(1_999, 2_000))).toBe(DAY);
      expect(await ledger.reserve(second, limits(2_000, 1_999))).toBe(SHOP);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(0, 1_000));
      expect(await all()).toEqual([anOpenCall()]);
    });

    test('is refused by the first budget that has no room, also one that nothing was spent of', async () => {
      expect(await ledger.reserve(anOpenCall(), limits(999, 999))).toBe(DAY);
      expect(await ledger.reserve(anOpenCall(), limits(1_000, 0))).toBe(SHOP);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(0, 0));
      expect(await all()).toEqual([]);
    });

    test('of the same call twice is one, also when there is no room for a second', async () => {
      expect(await ledger.reserve(anOpenCall(), limits(1_000, 1_000))).toBeUndefined();
      expect(await ledger.reserve(anOpenCall(), limits(1_000, 1_000))).toBeUndefined();
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(0, 1_000));
    });

    test('does not open a settled call again', async () => {
      await ledger.reserve(anOpenCall(), AMPLE);
      const done = settled(anOpenCall(), { costNanoUsd: 400 });
      await ledger.settle(done, AMPLE);
      expect(await ledger.reserve(anOpenCall(), AMPLE)).toBeUndefined();
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(400, 0));
      expect(await all()).toEqual([done]);
    });

    test('needs no budget', async () => {
      expect(await ledger.reserve(anOpenCall(), [])).toBeUndefined();
      await ledger.settle(settled(anOpenCall()), []);
      expect(await all()).toEqual([settled(anOpenCall())]);
    });
  });

  describe('a settled call', () => {
    test('costs what it cost, and gives back what was set aside', async () => {
      await ledger.reserve(anOpenCall(), AMPLE);
      await ledger.reserve(anOpenCall({ id: 'call-2', costNanoUsd: 30 }), AMPLE);
      const done = settled(anOpenCall(), { costNanoUsd: 400 });
      await ledger.settle(done, AMPLE);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(400, 30));
      expect(await all()).toEqual([anOpenCall({ id: 'call-2', costNanoUsd: 30 }), done]);
    });

    test('makes room for others', async () => {
      const tight = limits(1_000, 1_000);
      await ledger.reserve(anOpenCall(), tight);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 400 }), tight);
      expect(await ledger.reserve(anOpenCall({ id: 'call-2', costNanoUsd: 601 }), tight)).toBe(DAY);
      expect(await ledger.reserve(anOpenCall({ id: 'call-2', costNanoUsd: 600 }), tight)).toBeUndefined();
    });

    test('may cost more than was set aside, and nothing', async () => {
      await ledger.reserve(anOpenCall(), AMPLE);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 7_000 }), AMPLE);
      await ledger.reserve(anOpenCall({ id: 'call-2' }), AMPLE);
      await ledger.settle(settled(anOpenCall({ id: 'call-2' }), { costNanoUsd: 0 }), AMPLE);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(7_000, 0));
    });

    test('twice is one', async () => {
      await ledger.reserve(anOpenCall(), AMPLE);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 400 }), AMPLE);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 400 }), AMPLE);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(400, 0));
    });

    test('counts although nothing was set aside for it', async () => {
      await ledger.settle(settled(anOpenCall()), AMPLE);
      await ledger.settle(settled(anOpenCall()), AMPLE);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(1_000, 0));
      expect(await all()).toEqual([settled(anOpenCall())]);
    });

    test('gives back what was set aside in a budget that has no limit any more', async () => {
      const [day, shop] = AMPLE;
      if (!day || !shop) throw new Error('two budgets');
      await ledger.reserve(anOpenCall(), [day]);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 400 }), [shop]);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(400, 0));
    });

    test('keeps all that is known about it, a long prompt too', async () => {
      const prompt = 'Why does "npm ci" fail?\n€\u{1f41d}'.repeat(2_000);
      const whole = settled(anOpenCall(), {
        outcome: 'cut',
        isEstimated: true,
        failure: 'interrupted',
        prompt,
      });
      await ledger.settle(whole, AMPLE);
      expect(await all()).toEqual([whole]);
    });
  });

  describe('alerts', () => {
    const tight = limits(10_000, 1_000_000);
    const spend = (id: string, costNanoUsd: number, budgets = tight) =>
      ledger.settle(settled(anOpenCall({ id }), { costNanoUsd }), budgets);
    const alert = (percent: number, spentNanoUsd: number) => ({
      key: DAY,
      limitNanoUsd: 10_000,
      percent,
      spentNanoUsd,
    });

    test('are handed out when a percent is reached, once', async () => {
      expect(await spend('call-1', 4_999)).toEqual([]);
      expect(await spend('call-2', 1)).toEqual([alert(50, 5_000)]);
      expect(await spend('call-2', 1)).toEqual([]);
      expect(await spend('call-3', 1_000)).toEqual([]);
      expect(await spend('call-4', 4_000)).toEqual([alert(80, 10_000), alert(100, 10_000)]);
      expect(await spend('call-5', 2_000)).toEqual([alert(120, 12_000)]);
      expect(await spend('call-6', 90_000)).toEqual([]);
    });

    test('do not come again when the limit was raised', async () => {
      expect(await spend('call-1', 5_000)).toEqual([alert(50, 5_000)]);
      const raised = limits(20_000, 1_000_000);
      expect(await spend('call-2', 5_000, raised)).toEqual([]);
      expect(await spend('call-3', 6_000, raised)).toEqual([
        { key: DAY, limitNanoUsd: 20_000, percent: 80, spentNanoUsd: 16_000 },
      ]);
    });

    test('are not about what is only set aside', async () => {
      await ledger.reserve(anOpenCall({ id: 'call-1', costNanoUsd: 9_000 }), tight);
      expect(await spend('call-2', 100)).toEqual([]);
    });

    test('are handed out for each budget', async () => {
      const both = await spend('call-1', 500, limits(1_000, 600));
      expect(both.map(({ key, percent }) => [key, percent])).toEqual([
        [DAY, 50],
        [SHOP, 50],
        [SHOP, 80],
      ]);
    });
  });

  describe('budgets', () => {
    test('that nothing was spent of are zero, in the order of the keys', async () => {
      await ledger.settle(settled(anOpenCall()), AMPLE);
      expect(await ledger.budgets(['day:2026-01-02', SHOP, 'deployment:x'])).toEqual([
        { key: 'day:2026-01-02', spentNanoUsd: 0, reservedNanoUsd: 0 },
        { key: SHOP, spentNanoUsd: 1_000, reservedNanoUsd: 0 },
        { key: 'deployment:x', spentNanoUsd: 0, reservedNanoUsd: 0 },
      ]);
      expect(await ledger.budgets([])).toEqual([]);
    });
  });

  describe('a call that cost nothing', () => {
    test('is on record and in no budget', async () => {
      const call = unasked();
      await ledger.record(call);
      await ledger.record(call);
      expect(await all()).toEqual([call]);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(0, 0));
    });

    test('does not take the place of one that has set something aside', async () => {
      await ledger.reserve(anOpenCall(), AMPLE);
      await ledger.record(unasked());
      expect(await all()).toEqual([anOpenCall()]);
      await ledger.settle(settled(anOpenCall(), { costNanoUsd: 1 }), AMPLE);
      expect(await ledger.budgets([DAY, SHOP])).toEqual(inDayAndShop(1, 0));
    });
  });
}
