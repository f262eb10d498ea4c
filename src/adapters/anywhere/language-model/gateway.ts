import type { Conversation, LanguageModel } from '../../../ports/language-model.ts';
import { answerReuse } from './answer-reuse.ts';
import { ask } from './ask.ts';
import { background } from './background.ts';
import { breakerGate } from './breaker-gate.ts';
import { bulkheads } from './bulkheads.ts';
import { converse } from './converse.ts';
import { embedding } from './embedding.ts';
import type { GatewayOptions, GatewayParts } from './parts.ts';
import type { Providers } from './providers.ts';

export interface Gateway extends LanguageModel {
  /** Waits for what is still to be put on record, and lets go of connections. */
  close(): Promise<void>;
}

/** The gateway over models that are there. */
export function gateway(
  options: GatewayOptions & { readonly onTrouble: (error: unknown) => void },
  providers: Providers,
): Gateway {
  const parts: GatewayParts = {
    ...options,
    breakers: breakerGate(options),
    bulkheads: bulkheads(),
    background: background(options.onTrouble),
  };
  const reuse = answerReuse({ parts, cache: options.cache, embedding: embedding(parts, providers) });
  return {
    isConfigured: true,
    async ask(question, signal) {
      try {
        return await ask({ parts, providers, reuse }, question, signal);
      } catch (error) {
        // A fault of ours is no reason for an agent to stop: it has its rules.
        parts.onTrouble(error);
        return { answered: false, reason: 'unavailable' };
      }
    },
    async *converse(conversation: Conversation, signal) {
      try {
        yield* converse({ parts, providers }, conversation, signal);
      } catch (error) {
        parts.onTrouble(error);
        yield { kind: 'failed', reason: 'unavailable' };
      }
    },
    async close() {
      await parts.background.done();
      providers.close();
    },
  };
}
