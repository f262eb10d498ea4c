import { hasModel } from '../../domain/models/model-settings.ts';
import type { Conversation, ConversationEvent, LanguageModel } from '../../ports/language-model.ts';
import type { Gateway } from './language-model/gateway.ts';
import type { GatewayOptions } from './language-model/parts.ts';

/** Where no language model is configured the rules alone answer. */
export const noModel: LanguageModel = {
  isConfigured: false,
  ask: async () => ({ answered: false, reason: 'not-configured' }),
  converse: async function* () {
    yield { kind: 'failed', reason: 'not-configured' };
  },
};

/** A gateway that can be closed: what is to be put on record is on record afterwards. */
export type LanguageModelGateway = LanguageModel & { close(): Promise<void> };

/**
 * The gateway to the models of the settings. Strands and the SDKs of the providers are loaded with the first question: a process that
 * asks none starts without them.
 */
export function languageModel(options: GatewayOptions): LanguageModelGateway {
  if (!hasModel(options.settings)) return { ...noModel, close: async () => undefined };
  let loaded: Promise<Gateway> | undefined;
  const gateway = (): Promise<Gateway> => {
    loaded ??= load(options);
    return loaded;
  };
  return {
    isConfigured: true,
    ask: async (question, signal) => (await gateway()).ask(question, signal),
    converse: (conversation, signal) => begin(gateway, conversation, signal),
    close: async () => (await loaded)?.close(),
  };
}

async function* begin(
  gateway: () => Promise<Gateway>,
  conversation: Conversation,
  signal: AbortSignal | undefined,
): AsyncGenerator<ConversationEvent, void> {
  yield* (await gateway()).converse(conversation, signal);
}

async function load(options: GatewayOptions): Promise<Gateway> {
  const onTrouble = options.onTrouble ?? warn;
  const [{ gateway }, { configuredProviders }] = await Promise.all([
    import('./language-model/gateway.ts'),
    import('./language-model/configured-providers.ts'),
  ]);
  return gateway({ ...options, onTrouble }, configuredProviders(options, onTrouble));
}

const warn = (error: unknown): void => {
  process.emitWarning(error instanceof Error ? error : String(error));
};
