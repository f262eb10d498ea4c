import { expect, test } from '@jest/globals';
import { type ModelCall, NO_USAGE } from '../../../../src/domain/models/model-call.ts';
import { SPENDING_GROUPS, spendingOf, spendingSince } from '../../../../src/domain/models/spending.ts';
import { timeAfter } from '../../../../src/domain/time.ts';
import fc from '../../../fixtures/properties.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const MODEL = 'bedrock:global.anthropic.claude-sonnet-5-5';
let made = 0;

function call(of: Partial<ModelCall>): ModelCall {
  made += 1;
  return {
    id: `call-${made}`,
    askedAt: NOW,
    settledAt: NOW,
    deploymentId: 'shop-abc123',
    agent: 'recon',
    kind: 'plan',
    level: 'primary',
    model: MODEL,
    outcome: 'answered',
    cached: 'no',
    attempts: 1,
    usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 5 },
    isEstimated: false,
    costNanoUsd: 100,
    latencyMilliseconds: 900,
    promptDigest: 'd',
    failure: null,
    prompt: null,
    ...of,
  };
}
const ago = (hours: number): string => timeAfter(NOW, -hours * 3_600);

test('calls are grouped, the dearest group first, and days in their order', () => {
  const calls = [
    call({ agent: 'recon', costNanoUsd: 100, askedAt: ago(30) }),
    call({ agent: 'medic', costNanoUsd: 300, deploymentId: null }),
    call({ agent: 'recon', costNanoUsd: 50, model: null, level: 'rules' }),
  ];
  const names = (by: (typeof SPENDING_GROUPS)[number]) =>
    spendingOf(calls, { by, days: 3, nowIso: NOW }).groups.map(({ name, costNanoUsd }) => [
      name,
      costNanoUsd,
    ]);
  expect(names('agent')).toEqual([
    ['medic', 300],
    ['recon', 150],
  ]);
  expect(names('deployment')).toEqual([
    [null, 300],
    ['shop-abc123', 150],
  ]);
  expect(names('model')).toEqual([
    [MODEL, 400],
    [null, 50],
  ]);
  expect(names('day')).toEqual([
    ['2026-11-20', 100],
    ['2026-11-21', 350],
  ]);
});

test('whatever the grouping, the groups add up to the total', () => {
  const calls = fc.array(
    fc.record({
      agent: fc.constantFrom('recon' as const, 'medic' as const),
      deploymentId: fc.constantFrom(null, 'a', 'b'),
      costNanoUsd: fc.nat(),
      askedAt: fc.integer({ min: 0, max: 24 * 60 }).map(ago),
      outcome: fc.constantFrom('answered' as const, 'open' as const, 'failed' as const),
    }),
  );
  fc.assert(
    fc.property(
      calls,
      fc.constantFrom(...SPENDING_GROUPS),
      fc.integer({ min: 1, max: 40 }),
      (parts, by, days) => {
        const { groups, total } = spendingOf(parts.map(call), { by, days, nowIso: NOW });
        expect(groups.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)).toBe(total.costNanoUsd);
        expect(groups.reduce((sum, { calls: n }) => sum + n, 0)).toBe(total.calls);
      },
    ),
  );
});

test('the trend is against the equally long time before', () => {
  const calls = [
    call({ costNanoUsd: 150, askedAt: ago(3) }),
    call({ costNanoUsd: 100, askedAt: ago(20) }),
    call({ costNanoUsd: 999, askedAt: ago(25) }),
  ];
  const { trend, total, since } = spendingOf(calls, { by: 'day', days: 1, nowIso: NOW });
  expect(since).toBe('2026-11-21T00:00:00.000Z');
  expect(total.costNanoUsd).toBe(150);
  expect(trend).toEqual({ previousNanoUsd: 100, changePercent: 50 });
  expect(spendingOf([], { by: 'day', days: 1, nowIso: NOW }).trend.changePercent).toBeNull();
});

test('the ten most expensive calls are shown, the dearest first', () => {
  const calls = Array.from({ length: 15 }, (_, index) => call({ costNanoUsd: index }));
  const { mostExpensive } = spendingOf(calls, { by: 'agent', days: 1, nowIso: NOW });
  expect(mostExpensive.map(({ costNanoUsd }) => costNanoUsd)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
});

test('the month is projected from what was spent of it and the average of the days', () => {
  const calls = [
    call({ costNanoUsd: 1_000, askedAt: '2026-11-02T00:00:00.000Z' }),
    call({ costNanoUsd: 1_500, askedAt: ago(1) }),
  ];
  const { projection } = spendingOf(calls, { by: 'day', days: 2, nowIso: NOW });
  expect(projection).toEqual({ month: '2026-11', spentNanoUsd: 2_500, projectedNanoUsd: 2_500 + 9_500 });
});

test('the first minutes of a day and of a month project no fortune', () => {
  const now = '2026-12-01T00:01:00.000Z';
  const { projection } = spendingOf([call({ askedAt: now, costNanoUsd: 31 })], {
    by: 'day',
    days: 1,
    nowIso: now,
  });
  expect(projection.projectedNanoUsd).toBeLessThanOrEqual(31 * 32);
});

test('who answered, cache hits and failures are counted', () => {
  const calls = [
    call({}),
    call({ level: 'cheap', outcome: 'failed', failure: 'throttled' }),
    call({ level: 'rules', model: null, outcome: 'unasked', failure: 'budget', costNanoUsd: 0 }),
    call({ cached: 'exact', outcome: 'unasked', costNanoUsd: 0 }),
  ];
  expect(spendingOf(calls, { by: 'agent', days: 1, nowIso: NOW })).toMatchObject({
    levels: { primary: 2, second: 0, cheap: 0, rules: 1 },
    cacheHits: { no: 3, exact: 1, meaning: 0 },
    failures: 1,
  });
});

test('a call that is open counts once it is lost, with all that was reserved for it', () => {
  const calls = [
    call({ outcome: 'open', settledAt: null, costNanoUsd: 70, askedAt: ago(0.9) }),
    call({ outcome: 'open', settledAt: null, costNanoUsd: 40, askedAt: ago(1.1) }),
  ];
  expect(spendingOf(calls, { by: 'agent', days: 1, nowIso: NOW })).toMatchObject({
    total: { calls: 1, costNanoUsd: 40 },
    open: { calls: 1, reservedNanoUsd: 70 },
    lost: { calls: 1, reservedNanoUsd: 40 },
  });
});

test('the calls are needed since the time before or the beginning of the month, whichever is earlier', () => {
  expect(spendingSince({ days: 1, nowIso: NOW })).toBe('2026-11-01T00:00:00.000Z');
  expect(spendingSince({ days: 30, nowIso: NOW })).toBe('2026-09-23T12:00:00.000Z');
});
