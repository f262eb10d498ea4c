/** What the service knows of a model, as far as requests are judged by it. */
export interface ModelFacts {
  readonly family: 'claude' | 'nova' | 'gpt-oss' | 'embedding';
  /** Whether a plain model id is answered, or only an inference profile. */
  readonly profiles: 'needed' | 'possible' | 'none';
  readonly contextTokens: number;
  readonly maximumOutputTokens: number;
  /** Prefixes that are shorter are not cached, and nothing says so; null: the model has no prompt caching. */
  readonly leastCachedTokens: number | null;
  readonly takesTemperature: boolean;
  /** What the service puts before the prompt when tools are offered. */
  readonly toolPromptTokens: number;
}

const CLAUDE: ModelFacts = {
  family: 'claude',
  profiles: 'needed',
  contextTokens: 200_000,
  maximumOutputTokens: 64_000,
  leastCachedTokens: 1_024,
  takesTemperature: true,
  toolPromptTokens: 346,
};
const NEWER_CLAUDE: ModelFacts = { ...CLAUDE, contextTokens: 1_000_000, takesTemperature: false };
const NOVA: ModelFacts = {
  family: 'nova',
  profiles: 'possible',
  contextTokens: 300_000,
  maximumOutputTokens: 10_000,
  leastCachedTokens: 1_000,
  takesTemperature: true,
  toolPromptTokens: 200,
};
const GPT_OSS: ModelFacts = {
  family: 'gpt-oss',
  profiles: 'none',
  contextTokens: 128_000,
  maximumOutputTokens: 16_384,
  leastCachedTokens: null,
  takesTemperature: true,
  toolPromptTokens: 100,
};
const EMBEDDING: ModelFacts = {
  family: 'embedding',
  profiles: 'possible',
  contextTokens: 8_192,
  maximumOutputTokens: 0,
  leastCachedTokens: null,
  takesTemperature: false,
  toolPromptTokens: 0,
};

/** By what a model id begins with; the first that fits counts. */
const MODELS: readonly (readonly [RegExp, ModelFacts])[] = [
  [
    /^anthropic\.claude-(haiku|sonnet|opus)-[5-9]/,
    { ...NEWER_CLAUDE, leastCachedTokens: 1_024, maximumOutputTokens: 128_000 },
  ],
  [/^anthropic\.claude-opus-4-[78]/, NEWER_CLAUDE],
  [/^anthropic\.claude-haiku-4/, { ...CLAUDE, leastCachedTokens: 4_096 }],
  [/^anthropic\.claude-opus-4-[56]/, { ...CLAUDE, leastCachedTokens: 4_096 }],
  [/^anthropic\.claude-(sonnet|opus)-4/, CLAUDE],
  [/^amazon\.nova-(micro|lite|pro)/, NOVA],
  [/^openai\.gpt-oss-(20b|120b)/, GPT_OSS],
  [/^amazon\.titan-embed-text-v2/, { ...EMBEDDING, profiles: 'none' }],
  [/^cohere\.embed-/, EMBEDDING],
];

const PROFILE_PREFIX = /^(global|us|us-gov|eu|apac|jp|au|ca)\./;
const ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:([a-z-]+)\/(.+)$/;

export interface NamedModel {
  readonly facts: ModelFacts;
  /** The model without prefix, as messages of the service name it. */
  readonly baseId: string;
  readonly throughProfile: boolean;
}

/** @returns undefined where the service says that the identifier is invalid */
export function findModel(id: string): NamedModel | undefined {
  const [, kind, resource = ''] = ARN.exec(id) ?? [];
  // Such an ARN does not tell its model: the operator has made the profile for one of the current ones.
  if (kind === 'application-inference-profile') {
    return { facts: NEWER_CLAUDE, baseId: resource, throughProfile: true };
  }
  if (kind !== undefined && kind !== 'inference-profile' && kind !== 'foundation-model') return undefined;
  const named = kind === undefined ? id : resource;
  const baseId = named.replace(PROFILE_PREFIX, '');
  const throughProfile = baseId !== named;
  const facts = MODELS.find(([pattern]) => pattern.test(baseId))?.[1];
  if (facts === undefined || (throughProfile && facts.profiles === 'none')) return undefined;
  return { facts, baseId, throughProfile };
}
