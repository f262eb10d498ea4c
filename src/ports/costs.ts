import type { EnvironmentStage } from '../domain/deployment.ts';
import type { BlueprintName } from '../domain/stack.ts';

export interface CostItem {
  readonly blueprint: BlueprintName;
  readonly what: string;
  readonly monthlyUsd: number;
}

export interface CostEstimate {
  readonly monthlyUsd: number;
  readonly items: readonly CostItem[];
  /** Where the prices come from, with a date; or why there is nothing to pay. */
  readonly note: string;
}

/** What infrastructure costs. */
export interface Costs {
  estimate(stage: EnvironmentStage, blueprints: readonly BlueprintName[]): Promise<CostEstimate>;
}
