import type { Fact, Plan } from '../../../src/domain/plan.ts';
import { believe, SURE_ENOUGH } from '../belief.ts';
import { type Observation, observationsOf } from '../observation.ts';
import type { PlanDraft } from '../plan-draft.ts';
import type { FoundOption, Option, OptionField } from './option.ts';
import { databaseOptions } from './options/database.ts';
import { serviceOptions, variableOptions } from './options/environment.ts';
import { runtimeVersionOptions } from './options/runtime-version.ts';
import { buildOptions, migrationOptions } from './options/scripts.ts';
import { startOptions } from './options/start.ts';
import { healthPathOptions } from './options/web.ts';

const MOST_OPTIONS_OF_A_FIELD = 20;

/** What a model may choose from. */
export interface OpenPlan {
  readonly draft: PlanDraft;
  /** By rules; null when they found nothing to start. */
  readonly plan: Plan | null;
}

/** What rules left open and the repository has candidates for; empty when there is nothing to ask. */
export function openOptions(open: OpenPlan): readonly Option[] {
  const main = [...startChoices(open), ...planChoices(open)];
  if (main.length === 0) return [];
  // Whether a variable is needed is seldom to be seen by rules. Alone it is not worth a question.
  const beside = open.plan ? [...variableOptions(open.plan), ...serviceOptions(open.plan)] : [];
  const counts = new Map<OptionField, number>();
  return [...main, ...beside].map((option) => {
    const count = (counts.get(option.value.field) ?? 0) + 1;
    counts.set(option.value.field, count);
    return { ...option, id: `${option.value.field}-${count}` };
  });
}

function startChoices({
  draft: { context, observations, settings },
  plan,
}: OpenPlan): readonly FoundOption[] {
  if (settings.start !== undefined) return [];
  const isOpen = plan === null || mainConfidence(observations) < SURE_ENOUGH;
  return isOpen ? startOptions(context).slice(0, MOST_OPTIONS_OF_A_FIELD) : [];
}

/** How sure rules are of the command that starts the application; a process of a Procfile is stated. */
export function mainConfidence(observations: readonly Observation[]): number {
  const main = believe(observationsOf(observations, 'main'));
  return main?.confidence ?? observationsOf(observations, 'process')[0]?.confidence ?? 0;
}

function planChoices({ draft: { context, observations }, plan }: OpenPlan): readonly FoundOption[] {
  if (plan === null) return [];
  const found = observationsOf(observations, 'migrations').length > 0;
  const fields: readonly (readonly FoundOption[])[] = [
    isOpen(plan.build) ? buildOptions(context) : [],
    isOpen(plan.healthCheckPath) ? healthPathOptions(context) : [],
    isOpen(plan.runtimeVersion) ? runtimeVersionOptions(observations) : [],
    isOpen(plan.database) ? databaseOptions() : [],
    isOpen(plan.migrations) || (isOpen(plan.database) && !found) ? migrationOptions(context) : [],
  ];
  return fields.flatMap((options) => options.slice(0, MOST_OPTIONS_OF_A_FIELD));
}

const isOpen = ({ confidence }: Fact<unknown>): boolean => confidence < SURE_ENOUGH;
