import { HiveMindError } from '../errors.ts';
import type { ModelReference, ModelSettings } from './model-settings.ts';
import { nanoOfUsd } from './money.ts';
import { parseModelReference } from './parse-model.ts';

/** The variables that say which models are asked (docs/models.md). */
export interface ModelVariables {
  /** `provider:id`, or an id of Bedrock. Without it no model is asked. */
  readonly HIVEMIND_MODEL?: string | undefined;
  readonly HIVEMIND_MODEL_SECOND?: string | undefined;
  readonly HIVEMIND_MODEL_CHEAP?: string | undefined;
  readonly HIVEMIND_MODEL_EMBEDDING?: string | undefined;
  readonly HIVEMIND_MODEL_REGION?: string | undefined;
  /** US dollars, or `none`. */
  readonly HIVEMIND_MODEL_BUDGET_DAY?: string | undefined;
  readonly HIVEMIND_MODEL_BUDGET_DEPLOYMENT?: string | undefined;
  /** `1`: redacted prompts stay in the ledger. */
  readonly HIVEMIND_MODEL_KEEP_PROMPTS?: string | undefined;
}

/** What nobody is surprised by at the end of a month, and what a busy day of deployments needs. */
const DEFAULT_DAY_USD = 5;
const DEFAULT_DEPLOYMENT_USD = 2;
/** More is a slip of the keyboard. */
const MOST_USD = 1_000_000;

/**
 * Which models are asked, from the variables of a process.
 * @throws {HiveMindError} InvalidInput: a variable cannot be understood
 */
export function modelSettings(variables: ModelVariables): ModelSettings {
  const settings: ModelSettings = {
    models: {
      primary: reference(variables, 'HIVEMIND_MODEL'),
      second: reference(variables, 'HIVEMIND_MODEL_SECOND'),
      cheap: reference(variables, 'HIVEMIND_MODEL_CHEAP'),
    },
    embedding: reference(variables, 'HIVEMIND_MODEL_EMBEDDING'),
    region: regionOf(variables),
    budgets: {
      perDayNanoUsd: budget(variables, 'HIVEMIND_MODEL_BUDGET_DAY', DEFAULT_DAY_USD),
      perDeploymentNanoUsd: budget(variables, 'HIVEMIND_MODEL_BUDGET_DEPLOYMENT', DEFAULT_DEPLOYMENT_USD),
    },
    keepsPrompts: variables.HIVEMIND_MODEL_KEEP_PROMPTS === '1',
  };
  requireChain(settings);
  return settings;
}

function reference(variables: ModelVariables, name: keyof ModelVariables): ModelReference | null {
  const text = given(variables, name);
  if (text === undefined) return null;
  try {
    return parseModelReference(text);
  } catch (error) {
    if (error instanceof HiveMindError) throw invalid(name, error.message, error.hint);
    throw error;
  }
}

function regionOf(variables: ModelVariables): string | null {
  const name = 'HIVEMIND_MODEL_REGION';
  const region = given(variables, name);
  if (region === undefined) return null;
  if (/^[a-z]{2,3}(-[a-z]+)+-\d$/.test(region)) return region;
  throw invalid(name, 'it is not a region', 'write one such as us-east-1');
}

function budget(variables: ModelVariables, name: keyof ModelVariables, defaultUsd: number): number | null {
  const text = given(variables, name);
  if (text === undefined) return nanoOfUsd(defaultUsd);
  if (text === 'none') return null;
  const usd = /^\d{1,7}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (usd <= MOST_USD) return nanoOfUsd(usd);
  throw invalid(name, 'it is not an amount of US dollars', 'write one such as 2.50, or none for no limit');
}

/** Whoever names a second model and no first one has made a mistake that would cost all answers. */
function requireChain({ models, embedding }: ModelSettings): void {
  if (models.primary !== null || (models.second === null && models.cheap === null && embedding === null))
    return;
  throw invalid(
    'HIVEMIND_MODEL',
    'other models are named and the first one is not',
    'name the first one, too',
  );
}

/** An empty variable is none. */
function given(variables: ModelVariables, name: keyof ModelVariables): string | undefined {
  const text = variables[name]?.trim();
  return text === '' ? undefined : text;
}

const invalid = (name: string, why: string, hint: string): HiveMindError =>
  new HiveMindError('InvalidInput', `${name}: ${why}`, { hint });
