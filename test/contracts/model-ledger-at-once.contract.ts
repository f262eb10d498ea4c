import { describe, expect, test } from '@jest/globals';
import { type BudgetAlert, type BudgetLimit, reachedPercents } from '../../src/domain/models/budget.ts';
import type { ModelCall } from '../../src/domain/models/model-call.ts';
import type { ModelLedger } from '../../src/ports/model-ledger.ts';
import { anOpenCall, settled } from '../fixtures/model-call.ts';
import fc from '../fixtures/properties.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const DAY = 'day:2026-01-01';
const SHOP = 'deployment:shop-abc234';

/** Clients of one and the same ledger, each with a connection of its own. */
export type OpenClients = () => Promise<readonly [ModelLedger, ...ModelLedger[]]>;

/** A call as it is going to be. */
interface Planned {
  readonly reservedNanoUsd: number;
  readonly costNanoUsd: number;
  /** Whoever asks does not get the answer, and asks again while the first request is under way. */
  readonly repeats: boolean;
}

const plannedCall: fc.Arbitrary<Planned> = fc
  .record({ reservedNanoUsd: fc.nat(400), unusedNanoUsd: fc.nat(400), repeats: fc.boolean() })
  .map(({ reservedNanoUsd, unusedNanoUsd, repeats }) => ({
    reservedNanoUsd,
    costNanoUsd: Math.max(0, reservedNanoUsd - unusedNanoUsd),
    repeats,
  }));

interface Life {
  /** Undefined where there was no room. */
  readonly done: ModelCall | undefined;
  readonly alerts: readonly BudgetAlert[];
}

async function live(
  ledger: ModelLedger,
  id: string,
  { reservedNanoUsd, costNanoUsd, repeats }: Planned,
  budgets: readonly BudgetLimit[],
): Promise<Life> {
  const times = <T>(work: () => Promise<T>) => Promise.all(repeats ? [work(), work()] : [work()]);
  const call = anOpenCall({ id, costNanoUsd: reservedNanoUsd });
  const refusals = await times(() => ledger.reserve(call, budgets));
  if (!refusals.includes(undefined)) return { done: undefined, alerts: [] };
  const done = settled(call, { costNanoUsd });
  const alerts = await times(() => ledger.settle(done, budgets));
  return { done, alerts: alerts.flat() };
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1);
const named = (alerts: readonly { key: string; percent: number }[]): string[] =>
  alerts.map(({ key, percent }) => `${key} ${percent}`).sort(byName);

async function everythingAddsUp(
  ledger: ModelLedger,
  lives: readonly Life[],
  budgets: readonly BudgetLimit[],
): Promise<void> {
  const done = lives.flatMap((life) => life.done ?? []);
  const spentNanoUsd = done.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  const keys = budgets.map(({ key }) => key);
  expect(await ledger.budgets(keys)).toEqual(keys.map((key) => ({ key, spentNanoUsd, reservedNanoUsd: 0 })));
  for (const { limitNanoUsd } of budgets) expect(spentNanoUsd).toBeLessThanOrEqual(limitNanoUsd);
  const listed = await ledger.list({ since: SINCE });
  expect(listed.toSorted((a, b) => byName(a.id, b.id))).toEqual(done.toSorted((a, b) => byName(a.id, b.id)));
  const reached = budgets.flatMap(({ key, limitNanoUsd }) =>
    reachedPercents(0, spentNanoUsd, limitNanoUsd).map((percent) => ({ key, percent })),
  );
  expect(named(lives.flatMap(({ alerts }) => alerts))).toEqual(named(reached));
}

/** What every ModelLedger does when many use it at once. */
export function modelLedgerAtOnceContract(
  open: OpenClients,
  { callers, runs, callsPerRun }: { callers: number; runs: number; callsPerRun: number },
): void {
  describe('many at once', () => {
    test('set aside all that there is, and not more', async () => {
      const clients = await open();
      const half = Math.floor(callers / 2);
      const budgets: BudgetLimit[] = [
        { key: DAY, limitNanoUsd: half * 100 + 99 },
        { key: SHOP, limitNanoUsd: callers * 100 },
      ];
      const calls = Array.from({ length: callers }, (_, index) =>
        anOpenCall({ id: `call-${index}`, costNanoUsd: 100 }),
      );
      const refusals = await Promise.all(
        calls.map((call, index) => (clients[index % clients.length] ?? clients[0]).reserve(call, budgets)),
      );
      expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(half);
      expect(refusals.filter((refusal) => refusal === DAY)).toHaveLength(callers - half);
      expect(await clients[0].budgets([DAY, SHOP])).toEqual(
        [DAY, SHOP].map((key) => ({ key, spentNanoUsd: 0, reservedNanoUsd: half * 100 })),
      );
      const granted = calls.filter((_, index) => refusals[index] === undefined);
      const lives = await Promise.all(
        granted.map(async (call, index) => {
          const done = settled(call, { costNanoUsd: index % 101 });
          const client = clients[index % clients.length] ?? clients[0];
          return { done, alerts: await client.settle(done, budgets) };
        }),
      );
      await everythingAddsUp(clients[0], lives, budgets);
    });

    test('spend exactly what their calls cost, whatever they do twice, and alerts come once', async () => {
      const plan = fc.array(plannedCall, { minLength: 1, maxLength: callsPerRun });
      const limit = fc.integer({ min: 1, max: 200 * callsPerRun });
      const property = fc.asyncProperty(plan, limit, limit, async (planned, day, shop) => {
        const clients = await open();
        const budgets: BudgetLimit[] = [
          { key: DAY, limitNanoUsd: day },
          { key: SHOP, limitNanoUsd: shop },
        ];
        const lives = await Promise.all(
          planned.map((call, index) =>
            live(clients[index % clients.length] ?? clients[0], `call-${index}`, call, budgets),
          ),
        );
        await everythingAddsUp(clients[0], lives, budgets);
      });
      await fc.assert(property, { numRuns: runs });
    });
  });
}
