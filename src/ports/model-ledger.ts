import type { BudgetAlert, BudgetKey, BudgetLimit, BudgetState } from '../domain/models/budget.ts';
import type { ModelCall } from '../domain/models/model-call.ts';

/** What models were asked, and what it cost. */
export interface ModelLedger {
  /**
   * Puts an open call on record and sets its cost aside in every budget, or in none. Any number of callers at once cannot reserve more
   * than there is. The same call twice is one.
   * @returns the budget that has no room for it
   */
  reserve(call: ModelCall, budgets: readonly BudgetLimit[]): Promise<BudgetKey | undefined>;
  /**
   * Replaces a reserved call by what became of it, and its reservation by what it cost. The same call twice is one.
   * @returns the alerts of the percents that were reached for the first time: nobody else gets them
   */
  settle(call: ModelCall, budgets: readonly BudgetLimit[]): Promise<readonly BudgetAlert[]>;
  /** Puts on record what cost nothing: a cached answer, an answer by rules. */
  record(call: ModelCall): Promise<void>;
  /** In the order of the keys; a budget that nothing was spent of is all zero. */
  budgets(keys: readonly BudgetKey[]): Promise<readonly BudgetState[]>;
  /** Newest first. */
  list(filter: {
    /** ISO time; calls asked then or later. */
    readonly since: string;
    readonly deploymentId?: string;
    readonly limit?: number;
  }): Promise<readonly ModelCall[]>;
}
