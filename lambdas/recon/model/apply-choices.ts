import type { Evidence, Fact, Plan } from '../../../src/domain/plan.ts';
import { distinct } from '../belief.ts';
import { type Observation, observe, observeMain } from '../observation.ts';
import { type PlanOutcome, planOf } from '../plan-builder.ts';
import type { OptionValue } from './option.ts';
import { mainConfidence, type OpenPlan } from './options.ts';
import type { ProvenChoice } from './proven-choices.ts';

/** The plan with choices that are surer than the rules. The operator's own settings go before both. */
export function planWith(open: OpenPlan, choices: readonly ProvenChoice[]): PlanOutcome {
  const observations = choices.reduce(withObservation, open.draft.observations);
  return planOf({ ...open.draft, observations }, (plan) =>
    choices.reduce((sofar, choice) => withChoice(sofar, choice, open.plan), plan),
  );
}

/** Those that the rules are less sure of. Without a database nothing is migrated. */
export function surerChoices(
  { draft, plan }: OpenPlan,
  choices: readonly ProvenChoice[],
): readonly ProvenChoice[] {
  const surer = choices.filter(({ value: { field }, confidence }) => {
    if (field === 'start') return confidence > mainConfidence(draft.observations);
    if (field === 'required' || field === 'secret' || field === 'service') return true;
    const byRules = plan?.[field];
    return byRules === undefined || confidence > byRules.confidence || isBareMigrations(field, byRules);
  });
  const chosen = surer.find(({ value }) => value.field === 'database')?.value;
  const database = chosen?.field === 'database' ? chosen.database : plan?.database.value;
  return surer.filter(({ value }) => value.field !== 'migrations' || database === 'postgres');
}

/** Rules are sure that nothing is migrated as long as there is no database. */
const isBareMigrations = (field: string, { value }: Fact<unknown>): boolean =>
  field === 'migrations' && value === null;

/** What other fields follow from is seen anew: the command decides on the runtime, the database on the migrations. */
function withObservation(
  observations: readonly Observation[],
  { value, confidence, evidence }: ProvenChoice,
): readonly Observation[] {
  if (value.field === 'start') {
    const others = observations.filter(({ field }) => field !== 'main' && field !== 'nearMiss');
    return [...others, ...observeMain(value.command, value.runtime, confidence, evidence)];
  }
  if (value.field === 'database') {
    const others = observations.filter(({ field }) => field !== 'database');
    return value.database === null
      ? others
      : [...others, observe('database', 'postgres', confidence, evidence)];
  }
  return observations;
}

function withChoice(plan: Plan, { value, confidence, evidence }: ProvenChoice, byRules: Plan | null): Plan {
  const chosen = <T>(fact: Fact<T>, choice: T): Fact<T> => ({
    value: choice,
    confidence,
    evidence: distinct([evidence, ...otherEvidence(fact, choice)]),
  });
  switch (value.field) {
    case 'start':
      return plan;
    case 'build':
      return { ...plan, build: chosen(plan.build, value.command) };
    case 'migrations':
      return { ...plan, migrations: chosen(plan.migrations, value.command) };
    case 'healthCheckPath':
      return { ...plan, healthCheckPath: chosen(plan.healthCheckPath, value.path) };
    case 'runtimeVersion':
      return { ...plan, runtimeVersion: chosen(plan.runtimeVersion, value.version) };
    case 'database':
      return { ...plan, database: chosen(byRules?.database ?? plan.database, value.database) };
    case 'required':
    case 'secret':
      return { ...plan, environment: withVariable(plan.environment, value, { confidence, evidence }) };
    case 'service':
      return { ...plan, services: withService(plan.services, value.service, { confidence, evidence }) };
  }
}

/** What the rules have seen; that which says otherwise is marked. */
const otherEvidence = <T>({ value, evidence }: Fact<T>, choice: T): readonly Evidence[] =>
  JSON.stringify(value) === JSON.stringify(choice)
    ? evidence
    : evidence.map((seen) => ({ ...seen, note: `against it: ${seen.note}` }));

type Proof = Pick<ProvenChoice, 'confidence' | 'evidence'>;

/** A list is as sure as the least sure that is said of it. */
const listed = <T>(fact: Fact<T>, value: T, { confidence, evidence }: Proof): Fact<T> => ({
  value,
  confidence: Math.min(fact.confidence, confidence),
  evidence: distinct([...fact.evidence, evidence]),
});

function withVariable(
  environment: Plan['environment'],
  { field, variable: name }: Extract<OptionValue, { readonly variable: string }>,
  proof: Proof,
): Plan['environment'] {
  const value = environment.value.map((variable) =>
    variable.name === name ? { ...variable, [field]: true } : variable,
  );
  return listed(environment, value, proof);
}

const withService = (services: Plan['services'], service: string, proof: Proof): Plan['services'] =>
  listed(services, [...new Set([...services.value, service])].sort(), proof);
