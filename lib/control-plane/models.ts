import { arnOf, type Places } from './places.ts';
import type { Settings } from './settings.ts';

/** The variables that say which models are asked, as src/domain/models/settings-from-variables.ts reads them: a test compares. */
const VARIABLES = {
  model: 'HIVEMIND_MODEL',
  modelSecond: 'HIVEMIND_MODEL_SECOND',
  modelCheap: 'HIVEMIND_MODEL_CHEAP',
  modelEmbedding: 'HIVEMIND_MODEL_EMBEDDING',
  modelRegion: 'HIVEMIND_MODEL_REGION',
  modelBudgetDayUsd: 'HIVEMIND_MODEL_BUDGET_DAY',
  modelBudgetDeploymentUsd: 'HIVEMIND_MODEL_BUDGET_DEPLOYMENT',
} as const satisfies Partial<Record<keyof Settings, string>>;

const MODELS = [
  'model',
  'modelSecond',
  'modelCheap',
  'modelEmbedding',
] as const satisfies readonly (keyof Settings)[];

/** What functions and the command line are told of the models: JSON with a member for each variable that is set. */
export function modelsFact(settings: Settings): string {
  const given = Object.entries(VARIABLES).flatMap(([name, variable]) => {
    const value = settings[name as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, String(value)]];
  });
  return JSON.stringify(Object.fromEntries(given));
}

/** Where a profile serves: anywhere, or in a part of the world. */
const PROFILE = /^(?:global|us|us-gov|eu|apac|jp|au|ca|sa|me|af)\./;

/**
 * What has to be allowed to ask the configured models: the model, and where it is called by a profile of Bedrock, the profile and the
 * model behind it in every region that the profile may choose.
 */
export function modelArns(
  settings: Settings,
  at: Pick<Places, 'partition' | 'region' | 'account'>,
): readonly string[] {
  const region = settings.modelRegion ?? at.region;
  const arns = MODELS.flatMap((name) => {
    const id = settings[name];
    if (id === undefined) return [];
    const model = (where: string, of: string) =>
      `arn:${at.partition}:bedrock:${where}::foundation-model/${of}`;
    if (id.startsWith('arn:')) {
      const profile = /:inference-profile\/(.+)$/.exec(id)?.[1];
      return profile === undefined ? [id] : [id, model('*', profile.replace(PROFILE, ''))];
    }
    if (!PROFILE.test(id)) return [model(region, id)];
    return [
      arnOf({ ...at, region }, 'bedrock', `inference-profile/${id}`),
      model('*', id.replace(PROFILE, '')),
    ];
  });
  return [...new Set(arns)];
}

/** Profiles that the operator has made: their ARNs do not say which models are behind them. */
export const ownProfileArns = (settings: Settings): readonly string[] =>
  MODELS.flatMap((name) => {
    const id = settings[name];
    return id?.includes(':application-inference-profile/') ? [id] : [];
  });
