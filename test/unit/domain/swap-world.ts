import { type Color, otherColor } from '../../../src/domain/deployment.ts';
import {
  allTrafficTo,
  beginSwap,
  nextMove,
  type Swap,
  type SwapMove,
  type Weights,
} from '../../../src/domain/swap.ts';

/** A load balancer, a clock and a store, and what a swap did with them. */
export interface SwapWorld {
  /** Milliseconds. */
  now: number;
  weights: Weights;
  healthy: Record<Color, boolean>;
  /** Whether one of the two targets of the new colour is missing. */
  short: boolean;
  /** What survives a kill. */
  saved: Swap;
  outcome: 'under way' | 'done' | 'aborted' | 'given up';
  /** Every change of the weights: what the new colour got, and what the saved step allowed at that moment. */
  readonly shifts: { percent: number; allowed: number }[];
  /** Every step that was left, with how long its weights had stood unchanged. */
  readonly bakes: { percent: number; seconds: number; whole: boolean }[];
  /** Since when the weights have stood as they are. */
  weightsSince: number;
}

export const newSwapWorld = ({
  to,
  steps,
  bakeSeconds,
}: {
  readonly to: Color;
  readonly steps: readonly number[];
  readonly bakeSeconds: number;
}): SwapWorld => ({
  now: Date.parse('2026-01-01T00:00:00.000Z'),
  weights: allTrafficTo(otherColor(to)),
  healthy: { blue: true, green: true },
  short: false,
  saved: beginSwap(to, steps, bakeSeconds),
  outcome: 'under way',
  shifts: [],
  bakes: [],
  weightsSince: 0,
});

/** One move, and what becomes of it. Whoever makes the next one knows only what was saved and what is seen. */
export function step(world: SwapWorld, how: string): void {
  if (world.outcome !== 'under way') return;
  world.now += 700;
  if (how === 'given up') world.outcome = 'given up';
  if (how === 'new one falls ill') world.healthy[world.saved.to] = false;
  if (how === 'a target goes missing') world.short = true;
  if (how === 'all targets are back') world.short = false;
  if (how === 'fails' || how === 'killed' || how === 'given up') return;
  const rejection = world.healthy[world.saved.to] ? null : 'it is ill';
  const now = new Date(world.now).toISOString();
  const targets = { healthy: world.short ? 1 : 2, wanted: 2 };
  perform(world, nextMove(world.saved, { now, weights: world.weights, targets, rejection }), how);
}

function perform(world: SwapWorld, move: SwapMove, how: string): void {
  switch (move.kind) {
    case 'shift':
      give(world, move.weights);
      return;
    case 'bake':
    case 'count':
      world.saved = move.swap;
      return;
    case 'next':
      leaveStep(world);
      world.saved = move.swap;
      return;
    case 'wait':
      // As the executor does: it looks again before the time is up.
      world.now += Math.min(0.5, move.seconds) * 1000;
      return;
    case 'abort':
      give(world, move.weights);
      // An abort whose answer is lost is decided again.
      if (how !== 'answer is lost') world.outcome = 'aborted';
      return;
    case 'done':
      if (how === 'answer is lost') return;
      leaveStep(world);
      world.outcome = 'done';
  }
}

function give(world: SwapWorld, weights: Weights): void {
  const { to, steps, step: index } = world.saved;
  world.shifts.push({ percent: weights[to], allowed: steps[index] ?? 100 });
  if (weights.blue !== world.weights.blue) world.weightsSince = world.now;
  world.weights = weights;
}

function leaveStep(world: SwapWorld): void {
  world.bakes.push({
    percent: world.weights[world.saved.to],
    seconds: (world.now - world.weightsSince) / 1000,
    whole: !world.short,
  });
}

/** Nothing interrupts it any more; after a swap that did not come to its end all traffic goes to the colour on record. */
export function finish(world: SwapWorld): SwapWorld {
  for (let moves = 0; world.outcome === 'under way' && moves < 5_000; moves += 1) step(world, 'goes well');
  if (world.outcome === 'done') return world;
  return { ...world, weights: allTrafficTo(otherColor(world.saved.to)) };
}
