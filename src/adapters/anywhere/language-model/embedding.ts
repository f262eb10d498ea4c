import { promptTokensAtMost, reportedUsage } from '../../../domain/models/usage.ts';
import { failed } from './call-failure.ts';
import { type Attempted, guardedCall } from './guarded-call.ts';
import type { CallRequest } from './ledger-line.ts';
import { CACHE_TTL } from './model-request.ts';
import type { GatewayParts } from './parts.ts';
import { sha256 } from './prompt.ts';
import { providerFailure } from './provider-failure.ts';
import type { Providers } from './providers.ts';
import type { Run } from './run.ts';
import { ABORTED, orAborted } from './run-time.ts';

/** What a question means, as numbers. */
export interface Embedding {
  /** Undefined: none is configured, the text is too long for one, or it could not be had. */
  of(run: Run, text: string): Promise<readonly number[] | undefined>;
}

/** Cohere takes 2,048 characters (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html), Titan 8,192 tokens. */
const MAXIMUM_CHARACTERS = { cohere: 2_048, titan: 24_000 };
/** An embedding takes some 100 ms; a model is asked soon when it does not come. */
const PATIENCE_MILLISECONDS = 2_000;

/** Of a text that is too long nothing is embedded: two that differ behind its limit would mean the same. */
export function embedding(parts: GatewayParts, providers: Providers): Embedding {
  const reference = parts.settings.embedding;
  const limit = reference?.id.includes('cohere') ? MAXIMUM_CHARACTERS.cohere : MAXIMUM_CHARACTERS.titan;
  return {
    async of(run, text) {
      if (reference === null || text.length > limit) return undefined;
      const request: CallRequest = {
        // The least of the models, and asked only where the cheapest may answer.
        level: 'cheap',
        reference,
        promptTokensAtMost: promptTokensAtMost(text),
        maximumOutputTokens: 0,
        promptDigest: sha256(reference.id, text),
        prompt: null,
        operation: 'embeddings',
      };
      const result = await guardedCall(parts, run, {
        request,
        millisecondsFor: (left) => Math.min(left, PATIENCE_MILLISECONDS),
        patienceMilliseconds: (left) => left,
        attempt: (signal) => requestEmbedding({ parts, providers, run, request, text, signal }),
      });
      return result.ok ? result.value : undefined;
    },
  };
}

async function requestEmbedding(options: {
  readonly parts: GatewayParts;
  readonly providers: Providers;
  readonly run: Run;
  readonly request: CallRequest;
  readonly text: string;
  readonly signal: AbortSignal;
}): Promise<Attempted<readonly number[]>> {
  const { parts, providers, run, request, text, signal } = options;
  const aborted = () =>
    failed(run.time.signal.aborted ? run.time.reason() : 'timeout', { mayBeBilled: true }).failure;
  try {
    const embedded = await orAborted(providers.embed(request.reference, text, signal), signal);
    if (embedded === ABORTED) return { served: false, failure: aborted() };
    const { usage, isEstimated } = reportedUsage(
      { inputTokens: embedded.inputTokens, outputTokens: 0 },
      {
        promptCharacters: text.length,
        outputCharacters: 0,
        ttl: CACHE_TTL,
        provider: request.reference.provider,
      },
    );
    const settlement = { outcome: 'answered' as const, failure: null, usage, isEstimated };
    return { served: true, settlement, result: { ok: true, value: embedded.embedding } };
  } catch (error) {
    if (signal.aborted) return { served: false, failure: aborted() };
    const known = providerFailure(error, parts.clock.now());
    if (known !== undefined) return { served: false, failure: known };
    parts.onTrouble(error);
    return {
      served: false,
      failure: failed('interrupted', { isRetryable: false, evidence: 'none' }).failure,
    };
  }
}
