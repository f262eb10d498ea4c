import { Model } from '@strands-agents/sdk';
import { HiveMindError, systemErrorCode } from '../../../../domain/errors.ts';
import type { ModelProvider } from '../../../../domain/models/model-settings.ts';
import type { ModelUse } from '../providers.ts';

type Environment = Readonly<Record<string, string | undefined>>;
export type OptionalProvider = Exclude<ModelProvider, 'bedrock'>;

interface ProviderFacts {
  /** What the operator installs. */
  readonly package: string;
  /** Of Strands; it imports the package. */
  readonly module: string;
  readonly exported: string;
  /** Variable with the key, as the provider's own SDK calls it. */
  readonly key: string;
  /** Strands' options besides model and key: no retries, always a limit, nothing kept at the provider. */
  options(use: ModelUse): object;
}

const PROVIDERS: Readonly<Record<OptionalProvider, ProviderFacts>> = {
  anthropic: {
    package: '@anthropic-ai/sdk',
    module: '@strands-agents/sdk/models/anthropic',
    exported: 'AnthropicModel',
    key: 'ANTHROPIC_API_KEY',
    options: ({ maximumOutputTokens }) => ({
      maxTokens: maximumOutputTokens,
      clientConfig: { maxRetries: 0 },
    }),
  },
  openai: {
    package: 'openai',
    module: '@strands-agents/sdk/models/openai',
    exported: 'OpenAIModel',
    key: 'OPENAI_API_KEY',
    options: ({ maximumOutputTokens }) => ({
      maxTokens: maximumOutputTokens,
      params: { store: false },
      clientConfig: { maxRetries: 0 },
    }),
  },
  google: {
    package: '@google/genai',
    module: '@strands-agents/sdk/models/google',
    exported: 'GoogleModel',
    key: 'GEMINI_API_KEY',
    options: ({ maximumOutputTokens }) => ({ params: { maxOutputTokens: maximumOutputTokens } }),
  },
};

/**
 * A model of a provider whose SDK is not part of HiveMind.
 * @throws {HiveMindError} ToolMissing without its package, InvalidInput without its key
 */
export async function optionalModel(
  provider: OptionalProvider,
  id: string,
  use: ModelUse,
  environment: Environment,
): Promise<Model> {
  const facts = PROVIDERS[provider];
  const apiKey = environment[facts.key];
  if (!apiKey) {
    throw new HiveMindError('InvalidInput', `models of ${provider} need the variable ${facts.key}`, {
      hint: `set ${facts.key}, or choose a model of Amazon Bedrock`,
    });
  }
  const loaded = await load(provider, facts);
  const Constructor: unknown = Reflect.get(loaded, facts.exported);
  if (typeof Constructor !== 'function') throw new TypeError(`Strands has no ${facts.exported}`);
  const model: unknown = Reflect.construct(Constructor, [{ modelId: id, apiKey, ...facts.options(use) }]);
  if (!(model instanceof Model)) throw new TypeError(`${facts.exported} is no model of Strands`);
  return model;
}

/** Of an import, and of a bundle that was made of it. */
const NOT_INSTALLED = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

async function load(provider: OptionalProvider, { module, package: name }: ProviderFacts): Promise<object> {
  try {
    return (await import(module)) as object;
  } catch (error) {
    if (!NOT_INSTALLED.includes(systemErrorCode(error) ?? '')) throw error;
    throw new HiveMindError('ToolMissing', `models of ${provider} need the package ${name}`, {
      hint: `run \`npm install ${name}\` where HiveMind is installed, or choose a model of Amazon Bedrock`,
      cause: error,
    });
  }
}
