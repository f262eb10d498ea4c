import type { Color } from './deployment.ts';
import { otherColor } from './deployment.ts';

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
}

/** What is seen of the world when the next move is decided. */
export interface SwapView {
  readonly now: string;
  readonly weights: Weights;
  /** Why the new release may not go on: unhealthy targets, errors, latency, an alarm. Null when nothing speaks against it. */
  readonly rejection: string | null;
}

export type SwapMove =
  | { readonly kind: 'shift'; readonly weights: Weights }
  /** The weights of the step are seen for the first time: it bakes from now on. */
  | { readonly kind: 'bake'; readonly swap: Swap }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'next'; readonly swap: Swap }
  | { readonly kind: 'abort'; readonly weights: Weights; readonly reason: string }
  | { readonly kind: 'done' };

export const beginSwap = (to: Color, steps: readonly number[], bakeSeconds: number): Swap => ({
  to,
  steps,
  bakeSeconds,
  step: 0,
  since: null,
});

/**
 * The next move of a swap. It depends on what was written down and on what is seen, never on what was done last: a move that was
 * lost, made twice or interrupted is made good by the next one.
 */
export function nextMove(swap: Swap, { now, weights, rejection }: SwapView): SwapMove {
  const { to, steps, step, since, bakeSeconds } = swap;
  const percent = steps[step] ?? 100;
  if (rejection !== null) {
    return { kind: 'abort', weights: allTrafficTo(otherColor(to)), reason: rejection };
  }
  if (weights[to] !== percent) return { kind: 'shift', weights: weightsWith(to, percent) };
  if (since === null) return { kind: 'bake', swap: { ...swap, since: now } };
  const left = bakeSeconds - (Date.parse(now) - Date.parse(since)) / 1000;
  if (left > 0) return { kind: 'wait', seconds: left };
  return step >= steps.length - 1
    ? { kind: 'done' }
    : { kind: 'next', swap: { ...swap, step: step + 1, since: null } };
}

/** How soon a swap that is held looks at the world again. */
const HELD_SECONDS = 1;

/** At a freeze a swap stays where it is: the new release gets no more traffic, and what it got can still be taken back. */
export const heldMove = (move: SwapMove): SwapMove =>
  move.kind === 'shift' || move.kind === 'next' ? { kind: 'wait', seconds: HELD_SECONDS } : move;
