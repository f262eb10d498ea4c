import { utcDay } from '../time.ts';
import type { ModelBudgets } from './model-settings.ts';

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

/** The budgets that a call counts against. */
export function budgetLimits(
  { perDayNanoUsd, perDeploymentNanoUsd }: ModelBudgets,
  deploymentId: string | null,
  nowIso: string,
): readonly BudgetLimit[] {
  const limits: BudgetLimit[] = [];
  if (perDayNanoUsd !== null) limits.push({ key: dayBudgetKey(nowIso), limitNanoUsd: perDayNanoUsd });
  if (perDeploymentNanoUsd !== null && deploymentId !== null) {
    limits.push({ key: `deployment:${deploymentId}`, limitNanoUsd: perDeploymentNanoUsd });
  }
  return limits;
}

export const dayBudgetKey = (nowIso: string): BudgetKey => `day:${utcDay(nowIso)}`;

/** What a key stands for: a day, or a deployment by its id. */
export function budgetOf(key: BudgetKey): { readonly period: 'day' | 'deployment'; readonly name: string } {
  const period = key.startsWith('day:') ? 'day' : 'deployment';
  return { period, name: key.slice(period.length + 1) };
}

/** The percents that are reached after something was spent and were not before. */
export const reachedPercents = (
  beforeNanoUsd: number,
  afterNanoUsd: number,
  limitNanoUsd: number,
): readonly AlertPercent[] =>
  ALERT_PERCENTS.filter(
    (percent) =>
      !isReached(percent, beforeNanoUsd, limitNanoUsd) && isReached(percent, afterNanoUsd, limitNanoUsd),
  );

/** Nothing is reached while nothing is spent, also of a budget of nothing. */
const isReached = (percent: number, spentNanoUsd: number, limitNanoUsd: number): boolean =>
  spentNanoUsd > 0 && BigInt(spentNanoUsd) * 100n >= BigInt(percent) * BigInt(limitNanoUsd);
