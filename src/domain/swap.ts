import type { Color } from './deployment.ts';
import { otherColor } from './deployment.ts';
import { secondsBetween } from './time.ts';

/** Percent of new requests per colour; whole numbers that add up to 100. */
export type Weights = Readonly<Record<Color, number>>;

export const allTrafficTo = (color: Color): Weights => weightsWith(color, 100);

export const weightsWith = (color: Color, percent: number): Weights =>
  color === 'blue' ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };

/** How far the traffic of a deployment has gone from one colour to the other. Written down before each change of the weights. */
export interface Swap {
  readonly to: Color;
  /** Percent for `to`, step by step; rises, and ends with 100. */
  readonly steps: readonly number[];
  readonly bakeSeconds: number;
  /** Index of the step that is being made or baked. */
  readonly step: number;
  /** ISO time since which the weights of the step were seen; null while they were not. */
  readonly since: string | null;
  /** ISO time since which `to` has had fewer healthy targets than it should; null while it has all of them. */
  readonly shortSince: string | null;
  /** ISO time at which it had all of them again in this step: it bakes from then on. Null when it was never short. */
  readonly wholeSince: string | null;
}

/** Of the colour that takes over. */
export interface Targets {
  readonly healthy: number;
  /** How many were started. */
  readonly wanted: number;
}

/** What is seen of the world when the next move is decided. */
export interface SwapView {
  readonly now: string;
  readonly weights: Weights;
  readonly targets: Targets;
  /** Why the new release may not go on: unhealthy targets, errors, latency, an alarm. Null when nothing speaks against it. */
  readonly rejection: string | null;
}

export type SwapMove =
  | { readonly kind: 'shift'; readonly weights: Weights }
  /** The weights of the step are seen for the first time: it bakes from now on. */
  | { readonly kind: 'bake'; readonly swap: Swap }
  /** Whether all targets are healthy has changed. */
  | { readonly kind: 'count'; readonly swap: Swap }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'next'; readonly swap: Swap }
  | { readonly kind: 'abort'; readonly weights: Weights; readonly reason: string }
  | { readonly kind: 'done' };

export const beginSwap = (to: Color, steps: readonly number[], bakeSeconds: number): Swap => ({
  to,
  steps,
  bakeSeconds,
  step: 0,
  ...UNTRIED,
});

/** A step of which nothing was seen yet. */
const UNTRIED = { since: null, shortSince: null, wholeSince: null } as const;

/** How long targets may be missing or unchecked: a health check that was late, and not an instance that is replaced. */
const SHORT_SECONDS = 30;

/** How soon a swap that is held or short looks at the world again. */
const AGAIN_SECONDS = 1;

/**
 * The next move of a swap. It depends on what was written down and on what is seen, never on what was done last: a move that was
 * lost, made twice or interrupted is made good by the next one.
 */
export function nextMove(swap: Swap, view: SwapView): SwapMove {
  const { now, weights, rejection, targets } = view;
  const { to, steps, step, since, bakeSeconds } = swap;
  const percent = steps[step] ?? 100;
  if (rejection !== null) return abort(swap, rejection);
  if (targets.healthy < targets.wanted) return shortMove(swap, view);
  if (swap.shortSince !== null)
    return { kind: 'count', swap: { ...swap, shortSince: null, wholeSince: now } };
  if (weights[to] !== percent) return { kind: 'shift', weights: weightsWith(to, percent) };
  if (since === null) return { kind: 'bake', swap: { ...swap, since: now } };
  const left =
    bakeSeconds - Math.min(secondsBetween(since, now), secondsBetween(swap.wholeSince ?? since, now));
  if (left > 0) return { kind: 'wait', seconds: left };
  return step >= steps.length - 1
    ? { kind: 'done' }
    : { kind: 'next', swap: { ...swap, step: step + 1, ...UNTRIED } };
}

/** A step is not good, and gets no more traffic, while targets are missing; it is bad when they do not come, or none is left. */
function shortMove(swap: Swap, { now, weights, targets: { healthy, wanted } }: SwapView): SwapMove {
  const seen = `${healthy} of ${wanted} instances are healthy`;
  if (healthy === 0 && weights[swap.to] > 0) return abort(swap, seen);
  if (swap.shortSince === null) return { kind: 'count', swap: { ...swap, shortSince: now } };
  const left = SHORT_SECONDS - secondsBetween(swap.shortSince, now);
  if (left > 0) return { kind: 'wait', seconds: Math.min(AGAIN_SECONDS, left) };
  return abort(swap, `for ${SHORT_SECONDS} s only ${seen}`);
}

const abort = ({ to }: Swap, reason: string): SwapMove => ({
  kind: 'abort',
  weights: allTrafficTo(otherColor(to)),
  reason,
});

/** At a freeze a swap stays where it is: the new release gets no more traffic, and what it got can still be taken back. */
export const heldMove = (move: SwapMove): SwapMove =>
  move.kind === 'shift' || move.kind === 'next' ? { kind: 'wait', seconds: AGAIN_SECONDS } : move;
