import { describe, expect, test } from '@jest/globals';
import { COLORS, otherColor } from '../../../src/domain/deployment.ts';
import { allTrafficTo, beginSwap, heldMove, nextMove, weightsWith } from '../../../src/domain/swap.ts';
import fc from '../../fixtures/properties.ts';
import { finish, newSwapWorld, type SwapWorld, step } from './swap-world.ts';

const BEGINNING = '2026-01-01T00:00:00.000Z';
const later = (seconds: number) => new Date(Date.parse(BEGINNING) + seconds * 1000).toISOString();

const ALL = { healthy: 2, wanted: 2 };

describe('nextMove', () => {
  const swap = beginSwap('green', [10, 100], 60);

  test('shifts to the first step, bakes from when it is seen, and waits for the rest of the bake', () => {
    const view = { now: BEGINNING, weights: allTrafficTo('blue'), targets: ALL, rejection: null };
    expect(nextMove(swap, view)).toEqual({ kind: 'shift', weights: { blue: 90, green: 10 } });
    const shifted = { ...view, weights: weightsWith('green', 10) };
    expect(nextMove(swap, shifted)).toEqual({ kind: 'bake', swap: { ...swap, since: BEGINNING } });
    expect(nextMove({ ...swap, since: BEGINNING }, { ...shifted, now: later(45) })).toEqual({
      kind: 'wait',
      seconds: 15,
    });
  });

  test('goes on to the next step after the bake, and is done after the last', () => {
    const view = { now: later(60), weights: weightsWith('green', 10), targets: ALL, rejection: null };
    expect(nextMove({ ...swap, since: BEGINNING }, view)).toEqual({
      kind: 'next',
      swap: { ...swap, step: 1, since: null },
    });
    const last = { ...swap, step: 1, since: BEGINNING };
    expect(nextMove(last, { ...view, weights: allTrafficTo('green') })).toEqual({ kind: 'done' });
  });

  test('gives all traffic back for a rejection, at any time', () => {
    const view = { now: later(1), weights: weightsWith('green', 10), targets: ALL, rejection: 'it is slow' };
    expect(nextMove({ ...swap, since: BEGINNING }, view)).toEqual({
      kind: 'abort',
      weights: { blue: 100, green: 0 },
      reason: 'it is slow',
    });
  });
});

describe('nextMove while targets of the new colour are missing', () => {
  const baking = { ...beginSwap('green', [10, 100], 60), since: BEGINNING };
  const view = { now: later(59), weights: weightsWith('green', 10), rejection: null };
  const one = { healthy: 1, wanted: 2 };

  test('writes down since when, and neither goes on nor gives more traffic', () => {
    const short = { ...baking, shortSince: later(59) };
    expect(nextMove(baking, { ...view, targets: one })).toEqual({ kind: 'count', swap: short });
    expect(nextMove(short, { ...view, now: later(70), targets: one })).toEqual({ kind: 'wait', seconds: 1 });
    const untried = { ...beginSwap('green', [10, 100], 60), shortSince: BEGINNING };
    const without = { ...view, now: later(1), weights: allTrafficTo('blue'), targets: one };
    expect(nextMove(untried, without).kind).toBe('wait');
  });

  test('gives all traffic back after a while, and at once when none is healthy', () => {
    const back = { kind: 'abort', weights: allTrafficTo('blue') };
    const short = { ...baking, shortSince: BEGINNING };
    expect(nextMove(short, { ...view, now: later(30), targets: one })).toEqual({
      ...back,
      reason: 'for 30 s only 1 of 2 instances are healthy',
    });
    expect(nextMove(baking, { ...view, targets: { healthy: 0, wanted: 2 } })).toEqual({
      ...back,
      reason: '0 of 2 instances are healthy',
    });
  });

  test('bakes once more when all are back', () => {
    const short = { ...baking, shortSince: later(50) };
    const whole = { ...baking, wholeSince: later(59) };
    expect(nextMove(short, { ...view, targets: ALL })).toEqual({ kind: 'count', swap: whole });
    expect(nextMove(whole, { ...view, now: later(79), targets: ALL })).toEqual({ kind: 'wait', seconds: 40 });
  });
});

const plans = fc.record({
  to: fc.constantFrom(...COLORS),
  steps: fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 })
    .map((steps) => [...steps.sort((a, b) => a - b), 100]),
  bakeSeconds: fc.integer({ min: 0, max: 120 }),
});
const interruptions = fc.array(
  fc.constantFrom(
    'goes well',
    'fails',
    'answer is lost',
    'killed',
    'new one falls ill',
    'a target goes missing',
    'all targets are back',
    'given up',
  ),
  { maxLength: 40 },
);

/** Performs the moves as they are interrupted, then cleans up as the workflow does. */
function swapped(
  plan: { to: 'blue' | 'green'; steps: number[]; bakeSeconds: number },
  how: readonly string[],
): SwapWorld {
  const world = newSwapWorld(plan);
  for (const outcome of how) step(world, outcome);
  return finish(world);
}

describe('a swap under any interleaving of success, failure, timeout, kill and retry', () => {
  test('ends with exactly one colour with all weight and healthy targets: the new one when it said done, else the old one', () => {
    fc.assert(
      fc.property(plans, interruptions, (plan, how) => {
        const world = swapped(plan, how);
        const live = COLORS.filter((color) => world.weights[color] === 100 && world.healthy[color]);
        expect(live).toEqual([world.outcome === 'done' ? plan.to : otherColor(plan.to)]);
        expect(world.weights.blue + world.weights.green).toBe(100);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never gives the new colour more than the step that was asked for', () => {
    fc.assert(
      fc.property(plans, interruptions, (plan, how) => {
        const { shifts } = swapped(plan, how);
        for (const { percent, allowed } of shifts) expect(percent).toBeLessThanOrEqual(allowed);
        const percents = shifts.map(({ percent }) => percent);
        expect(percents.every((percent) => percent === 0 || plan.steps.includes(percent))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('keeps the bake of every step before it goes on', () => {
    fc.assert(
      fc.property(plans, interruptions, (plan, how) => {
        const { outcome, bakes } = swapped(plan, how);
        for (const { seconds, whole } of bakes) {
          expect(seconds).toBeGreaterThanOrEqual(plan.bakeSeconds);
          expect(whole).toBe(true);
        }
        if (outcome === 'done') expect(bakes.map(({ percent }) => percent)).toEqual(plan.steps);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is done, whatever was interrupted, when nothing speaks against the new colour', () => {
    const harmless = interruptions.map((how) => how.filter((one) => !/ill|given|missing/.test(one)));
    fc.assert(
      fc.property(plans, harmless, (plan, how) => {
        expect(swapped(plan, how).outcome).toBe('done');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('heldMove', () => {
  const swap = beginSwap('green', [10, 100], 60);

  test('gives the new release no more traffic, and lets everything else be', () => {
    const more = [
      { kind: 'shift', weights: weightsWith('green', 10) },
      { kind: 'next', swap },
    ] as const;
    for (const move of more) expect(heldMove(move).kind).toBe('wait');
    const rest = [
      { kind: 'abort', weights: allTrafficTo('blue'), reason: 'it is slow' },
      { kind: 'bake', swap },
      { kind: 'wait', seconds: 3 },
      { kind: 'done' },
    ] as const;
    for (const move of rest) expect(heldMove(move)).toEqual(move);
  });
});
