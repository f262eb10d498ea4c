import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ModelCall } from '../../../domain/models/model-call.ts';
import type { ModelProvider } from '../../../domain/models/model-settings.ts';

/** What the ledger does not keep of a call. */
export interface CallSpan {
  readonly operation: 'chat' | 'embeddings';
  readonly maximumOutputTokens?: number;
  readonly finishReason?: string;
}

/** Names of https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/#gen-ai-provider-name */
const PROVIDER_NAMES: Readonly<Record<ModelProvider, string>> = {
  bedrock: 'aws.bedrock',
  anthropic: 'anthropic',
  openai: 'openai',
  google: 'gcp.gemini',
};

/**
 * One span for a call of a model, after the semantic conventions of GenAI. It is made of a line of the ledger alone, so that no prompt
 * and no answer can get into it.
 */
export function recordSpan(
  call: ModelCall,
  { operation, maximumOutputTokens, finishReason }: CallSpan,
): void {
  if (call.model === null) return;
  const [provider = '', ...id] = call.model.split(':');
  const model = id.join(':');
  const span = trace.getTracer('hivemind').startSpan(`${operation} ${model}`, {
    kind: SpanKind.CLIENT,
    startTime: Date.parse(call.askedAt),
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': PROVIDER_NAMES[provider as ModelProvider] ?? provider,
      'gen_ai.request.model': model,
      ...(maximumOutputTokens !== undefined && { 'gen_ai.request.max_tokens': maximumOutputTokens }),
      ...(finishReason !== undefined && { 'gen_ai.response.finish_reasons': [finishReason] }),
      ...usageAttributes(call),
      ...ourAttributes(call),
    },
  });
  if (call.failure !== null) {
    span.setAttribute('error.type', call.failure);
    span.setStatus({ code: SpanStatusCode.ERROR, message: call.failure });
  }
  span.end(Date.parse(call.settledAt ?? call.askedAt));
}

function usageAttributes({ usage }: ModelCall): Attributes {
  const written = usage.cacheWriteTokens['5m'] + usage.cacheWriteTokens['1h'];
  return {
    // The convention counts cached tokens as input, our ledger does not.
    'gen_ai.usage.input_tokens': usage.inputTokens + usage.cacheReadTokens + written,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': written,
  };
}

const ourAttributes = (call: ModelCall): Attributes => ({
  'hivemind.agent': call.agent,
  'hivemind.kind': call.kind,
  'hivemind.level': call.level,
  'hivemind.cached': call.cached,
  'hivemind.outcome': call.outcome,
  'hivemind.attempts': call.attempts,
  'hivemind.cost_nano_usd': call.costNanoUsd,
  ...(call.deploymentId !== null && { 'hivemind.deployment': call.deploymentId }),
});
