/** The places of a fallback chain, best first. Where all of them fail the rules answer. */
export const MODEL_LEVELS = ['primary', 'second', 'cheap'] as const;
export type ModelLevel = (typeof MODEL_LEVELS)[number];

/** Who gave an answer. */
export const ANSWER_LEVELS = [...MODEL_LEVELS, 'rules'] as const;
export type AnswerLevel = (typeof ANSWER_LEVELS)[number];

export const MODEL_PROVIDERS = ['bedrock', 'anthropic', 'openai', 'google'] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

/** A model at its provider. `id` is what the provider calls it: on Bedrock a model id, an inference profile or its ARN. */
export interface ModelReference {
  readonly provider: ModelProvider;
  readonly id: string;
}

/** `bedrock:global.anthropic.claude-sonnet-5-5`, as the ledger, the breakers and the operator know it. */
export const modelName = ({ provider, id }: ModelReference): string => `${provider}:${id}`;

/** Which models may be asked, and what they may cost. */
export interface ModelSettings {
  /** Null: that place of the chain is empty. Without a primary model there is none at all. */
  readonly models: Readonly<Record<ModelLevel, ModelReference | null>>;
  /** On Bedrock; null: answers are reused for the very same question only. */
  readonly embedding: ModelReference | null;
  /** Region that Bedrock is asked in; null: that of the environment. */
  readonly region: string | null;
  readonly budgets: ModelBudgets;
  /** Keeps redacted prompts in the ledger, to look into what was asked. @default false */
  readonly keepsPrompts: boolean;
}

/** In billionths of a US dollar; null: no limit. */
export interface ModelBudgets {
  readonly perDayNanoUsd: number | null;
  readonly perDeploymentNanoUsd: number | null;
}

export const hasModel = ({ models }: ModelSettings): boolean => models.primary !== null;
