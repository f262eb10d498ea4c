import type { HiveMindError } from '../../src/domain/errors.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { assemblePlan } from './assemble-plan.ts';
import { withPlanSettings } from './operator-plan.ts';
import type { PlanDraft } from './plan-draft.ts';
import { refusalOf } from './refusal.ts';

/** The plan that follows from what was read, or why there is none. */
export type PlanOutcome = { readonly plan: Plan } | { readonly refusal: HiveMindError };

/** @param adjusted what else is decided of the plan; the operator's settings still go before it */
export function planOf(draft: PlanDraft, adjusted: (plan: Plan) => Plan = (plan) => plan): PlanOutcome {
  const { root, context, observations, settings } = draft;
  const refusal = refusalOf(context, observations);
  if (refusal) return { refusal };
  return { plan: withPlanSettings(adjusted(assemblePlan(root, context, observations)), settings) };
}
