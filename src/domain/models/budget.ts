/** What a budget is kept for: all calls of a day (UTC), or those of a deployment in all its life. */
export type BudgetKey = `day:${string}` | `deployment:${string}`;

export interface BudgetLimit {
  readonly key: BudgetKey;
  readonly limitNanoUsd: number;
}

/** How much of a budget is gone. */
export interface BudgetState {
  readonly key: BudgetKey;
  readonly spentNanoUsd: number;
  /** For calls that are open: each with the most that it can cost. */
  readonly reservedNanoUsd: number;
}

/** Percents of a budget at which the operator is told, once each. */
export const ALERT_PERCENTS = [50, 80, 100, 120] as const;
export type AlertPercent = (typeof ALERT_PERCENTS)[number];

export interface BudgetAlert extends BudgetLimit {
  readonly percent: AlertPercent;
  readonly spentNanoUsd: number;
}
