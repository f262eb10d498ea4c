import { type Color, type Deployment, otherColor, type Target } from './deployment.ts';
import { secondsBetween } from './time.ts';

/** How long a failure may stay unanswered before the operator is told, and with `--auto-cleanup` what it left is removed. */
const UNANSWERED_SECONDS = 86_400;

/** What nobody has begun to run by then, nobody will; longer than a start takes. */
const START_SECONDS = 120;

/**
 * Whoever runs an execution holds its lock, also while it waits for an operator's answer; only a preview has none, and nothing to
 * ask. One that works takes no new work after 100 minutes; the rest is for its clean-up, and for the word of its end to arrive.
 */
const LONGEST_WITHOUT_LOCK_SECONDS = 8_100;

/** An execution that is on record as running. */
export interface RunningExecution {
  readonly id: string;
  readonly startedAt: string;
  /** Whether somebody runs it; undefined where nobody can say. */
  readonly isRun: boolean | undefined;
  readonly holdsLock: boolean;
}

/** Whether an execution on record as running has lost whoever ran it. What is merely slow has not. */
export function isAbandoned({ startedAt, isRun, holdsLock }: RunningExecution, now: string): boolean {
  const age = secondsBetween(startedAt, now);
  if (isRun !== undefined) return !isRun && !holdsLock && age > START_SECONDS;
  return !holdsLock && age > LONGEST_WITHOUT_LOCK_SECONDS;
}

type Failing = Pick<Deployment, 'status' | 'updatedAt'> & {
  readonly failure?: { readonly at: string } | undefined;
};

/** ISO time of a failure that nobody has answered for a day; undefined when there is none. */
export function unansweredFailure({ status, failure, updatedAt }: Failing, now: string): string | undefined {
  if (status !== 'FAILED' && status !== 'ROLLBACK_FAILED') return undefined;
  const at = failure?.at ?? updatedAt;
  return secondsBetween(at, now) > UNANSWERED_SECONDS ? at : undefined;
}

/** Longer than any call that a workflow has begun, and short enough that what an operator changes by hand afterwards stays. */
const AFTERMATH_SECONDS = 900;

/** Whether what a workflow began before it failed may still have come about since anybody looked. */
export const hasJustFailed = ({ failure }: Failing, now: string): boolean =>
  failure !== undefined && secondsBetween(failure.at, now) < AFTERMATH_SECONDS;

/** A deployment that nobody works on, as it stands. */
export interface IdleView {
  readonly now: string;
  readonly deployment: Failing & Pick<Deployment, 'liveColor' | 'warm'>;
  /** Colours that have a compute stack. */
  readonly colors: readonly Color[];
  /** Whether anything of it stands. */
  readonly stands: boolean;
  /** Whether it was ever live: then there may be data, which nobody removes unasked. */
  readonly wasLive: boolean;
  readonly autoCleanup: boolean;
  /** Whether the operator was told of this failure. */
  readonly told: boolean;
  readonly frozen: boolean;
}

export type Chore =
  /** Say that a failure waits for an answer. */
  | { readonly kind: 'tell'; readonly failedAt: string }
  /** Remove a colour without traffic. */
  | { readonly kind: 'retire'; readonly color: Color; readonly reason: string }
  /** Remove what a first deploy left that never became live. */
  | { readonly kind: 'undo' };

/** What is to be done about a deployment that nobody works on: at most one workflow, because one runs at a time. */
export function choresOf(view: IdleView): readonly Chore[] {
  const failedAt = unansweredFailure(view.deployment, view.now);
  const tell: readonly Chore[] = failedAt !== undefined && !view.told ? [{ kind: 'tell', failedAt }] : [];
  const removal = view.frozen ? undefined : removalOf(view, failedAt !== undefined);
  return removal ? [...tell, removal] : tell;
}

function removalOf(view: IdleView, isUnanswered: boolean): Chore | undefined {
  const { deployment, now } = view;
  const { liveColor, warm, status } = deployment;
  const isForgotten = isUnanswered && view.autoCleanup;
  if (liveColor === undefined) {
    return isForgotten && view.stands && !view.wasLive ? { kind: 'undo' } : undefined;
  }
  if (warm && warm.color !== liveColor && warm.until <= now) {
    return {
      kind: 'retire',
      color: warm.color,
      reason: `release ${warm.release} was kept warm until ${warm.until}`,
    };
  }
  const idle = otherColor(liveColor);
  if (warm?.color === idle || !view.colors.includes(idle)) return undefined;
  const hasFailed = status === 'FAILED' || status === 'ROLLBACK_FAILED';
  if (!hasFailed) return { kind: 'retire', color: idle, reason: `${idle} was never made live` };
  // It stays for whoever looks into the failure.
  return isForgotten
    ? { kind: 'retire', color: idle, reason: 'nobody has answered the failure for a day' }
    : undefined;
}

/** Whether a colour may go: it has no traffic, and nobody counts on it any more. */
export function isRetirable(
  { liveColor, warm }: Pick<Deployment, 'liveColor' | 'warm'>,
  color: Color,
  now: string,
): boolean {
  return liveColor !== color && (warm?.color !== color || warm.until <= now);
}

/** How an execution ended that was abandoned, in the words of the workflow engine. */
export const abandonedOutcome = (target: Target): 'TIMED_OUT' | 'FAILED' =>
  target === 'aws' ? 'TIMED_OUT' : 'FAILED';
