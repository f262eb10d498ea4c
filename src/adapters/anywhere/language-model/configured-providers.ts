import type { Model } from '@strands-agents/sdk';
import { type ModelReference, modelName } from '../../../domain/models/model-settings.ts';
import type { GatewayOptions } from './parts.ts';
import { type BedrockProvider, bedrockProvider } from './providers/bedrock.ts';
import { optionalModel } from './providers/optional.ts';
import type { ModelUse, Providers } from './providers.ts';

/** The providers that the settings name, each prepared when it is first asked. */
export function configuredProviders(
  { settings, environment }: Pick<GatewayOptions, 'settings' | 'environment'>,
  onTrouble: (error: unknown) => void,
): Providers {
  let client: BedrockProvider | undefined;
  const bedrock = () => {
    client ??= bedrockProvider(settings.region, environment);
    return client;
  };
  // One for a model and a way to use it: as many as there are levels and kinds of questions.
  const models = new Map<string, Promise<Model | undefined>>();
  const prepare = async ({ provider, id }: ModelReference, use: ModelUse): Promise<Model> =>
    provider === 'bedrock' ? bedrock().model(id, use) : optionalModel(provider, id, use, environment);
  return {
    model: (reference, use) => {
      const key = JSON.stringify([
        modelName(reference),
        use.maximumOutputTokens,
        use.streams,
        use.cachesConversation,
      ]);
      const known = models.get(key);
      if (known !== undefined) return known;
      const model = prepare(reference, use).catch((error: unknown) => {
        onTrouble(error);
        return undefined;
      });
      models.set(key, model);
      return model;
    },
    embed: (reference, text, signal) => bedrock().embed(reference, text, signal),
    close: () => client?.close(),
  };
}
