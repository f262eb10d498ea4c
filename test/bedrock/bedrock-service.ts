import type { Fault, MessageAnswer } from './answer.ts';
import { type ComposedAnswer, compose } from './composed-answer.ts';
import { deliver, halvesOf, untilGone } from './delivery.ts';
import { type EmbeddingAnswer, embed } from './embeddings.ts';
import {
  type Addressed,
  addressOf,
  type Conversation,
  checkSignature,
  judgeConversation,
  judgeCount,
  modelOf,
} from './judged-request.ts';
import type { Exchange } from './loopback-listener.ts';
import type { NamedModel } from './model-catalog.ts';
import { PromptCache, type PromptTokens } from './prompt-cache.ts';
import { type Reader, readScript, seenBy } from './script.ts';
import { Refusal, SERVICE_ERRORS, type ServiceError } from './service-error.ts';
import type { Ending, ReceivedRequest, ServiceRecord } from './service-record.ts';
import { eventFrames, jsonBody } from './wire-answer.ts';

type Change = (change: Partial<ReceivedRequest>) => void;
type Usage = MessageAnswer['usage'];

const ERROR_NAMESPACE = 'http://internal.amazon.com/coral/com.amazon.bedrock/';

/** Answers requests, one by one, as the service and its models do. */
export class BedrockService {
  reader: Reader = readScript(undefined);
  /** What embedding models do instead of answering. */
  embeddingFault: Fault | undefined;
  readonly prompts = new PromptCache();
  readonly #record: ServiceRecord;
  #lastId = 0;

  constructor(record: ServiceRecord) {
    this.#record = record;
  }

  async answer(exchange: Exchange): Promise<void> {
    const addressed = addressOf(exchange);
    const change = this.#record.receive(
      addressed ?? { modelId: '', operation: exchange.path, body: exchange.body },
    );
    try {
      checkSignature(exchange);
      if (addressed === null) throw new Refusal(SERVICE_ERRORS.unknownOperation);
      const ending = await this.#dispatch(exchange, addressed, modelOf(addressed.modelId), change);
      change({ ending });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(exchange, error.error, change);
    }
  }

  #dispatch(exchange: Exchange, addressed: Addressed, model: NamedModel, change: Change): Promise<Ending> {
    const { operation, body } = addressed;
    if (operation === 'count-tokens') {
      return this.#sendJson(exchange, { inputTokens: judgeCount(body, model) }, change);
    }
    if (operation === 'invoke') return this.#embed(exchange, addressed, embed(model.baseId, body), change);
    return this.#converse(exchange, addressed, judgeConversation(body, model), model, change);
  }

  async #converse(
    exchange: Exchange,
    addressed: Addressed,
    conversation: Conversation,
    { facts }: NamedModel,
    change: Change,
  ): Promise<Ending> {
    const { modelId, operation } = addressed;
    const answer = await this.reader(seenBy(modelId, operation === 'converse-stream', conversation.body));
    const bill = () =>
      this.prompts.bill(modelId, conversation.parts, facts.leastCachedTokens ?? Number.POSITIVE_INFINITY);
    if (answer.kind === 'message')
      return this.#sendMessage(exchange, addressed, conversation, answer, bill(), change);
    if (answer.kind === 'reset' && answer.billed) {
      this.#record.serve({ modelId, operation, usage: { ...bill(), outputTokens: 1 }, isTold: false });
    }
    return this.#fail(exchange, answer);
  }

  #sendMessage(
    exchange: Exchange,
    { modelId, operation }: Addressed,
    { body }: Conversation,
    answer: MessageAnswer,
    prompt: PromptTokens,
    change: Change,
  ): Promise<Ending> {
    const composed = compose(answer, body, () => this.#nextId('tooluse'));
    const { delivery = { how: 'whole' } } = answer;
    const truth = { ...prompt, outputTokens: composed.outputTokens };
    const parcel = this.#parcel(
      operation,
      composed,
      answer.usage === null ? null : { ...wireUsage(truth), ...answer.usage },
    );
    const isTold = answer.usage === undefined && (delivery.how === 'whole' || delivery.how === 'drip');
    this.#record.serve({ modelId, operation, usage: truth, isTold });
    if (delivery.how === 'exception' && operation === 'converse') throw new Refusal(delivery.error);
    change({ status: 200 });
    return deliver(exchange, parcel, delivery);
  }

  #parcel(operation: string, composed: ComposedAnswer, usage: Usage) {
    const headers = { 'x-amzn-requestid': this.#nextId('request') };
    return operation === 'converse-stream'
      ? { headers, contentType: 'application/vnd.amazon.eventstream', pieces: eventFrames(composed, usage) }
      : {
          headers,
          contentType: 'application/json',
          pieces: halvesOf(JSON.stringify(jsonBody(composed, usage))),
        };
  }

  async #embed(
    exchange: Exchange,
    { modelId, operation }: Addressed,
    { body, inputTokens }: EmbeddingAnswer,
    change: Change,
  ): Promise<Ending> {
    if (this.embeddingFault !== undefined) return this.#fail(exchange, this.embeddingFault);
    const usage = {
      inputTokens,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: { '5m': 0, '1h': 0 },
    };
    this.#record.serve({ modelId, operation, usage, isTold: true });
    return this.#sendJson(exchange, body, change, {
      'x-amzn-bedrock-input-token-count': String(inputTokens),
      'x-amzn-bedrock-output-token-count': '0',
    });
  }

  async #fail(exchange: Exchange, fault: Fault): Promise<Ending> {
    if (fault.kind === 'error') throw new Refusal(fault.error);
    if (fault.kind === 'hang') return untilGone(exchange);
    exchange.reset(fault.of);
    return 'cut';
  }

  async #sendJson(
    exchange: Exchange,
    body: object,
    change: Change,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Ending> {
    change({ status: 200 });
    exchange.start(200, {
      'content-type': 'application/json',
      'x-amzn-requestid': this.#nextId('request'),
      ...headers,
    });
    exchange.end(JSON.stringify(body));
    return exchange.gone.aborted ? 'left' : 'answered';
  }

  #refuse(exchange: Exchange, { name, status, message, retryAfter }: ServiceError, change: Change): void {
    change({ status, error: name, ending: exchange.gone.aborted ? 'left' : 'answered' });
    exchange.start(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': this.#nextId('request'),
      'x-amzn-errortype': `${name}:${ERROR_NAMESPACE}`,
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    });
    exchange.end(JSON.stringify({ message }));
  }

  #nextId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}_${String(this.#lastId).padStart(8, '0')}`;
  }
}

/** Cached tokens are told only by models that cache, and in their own fields: `inputTokens` has none of them. */
function wireUsage(truth: PromptTokens & { readonly outputTokens: number }) {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = truth;
  const written = cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
  const cacheDetails = (['1h', '5m'] as const)
    .filter((ttl) => cacheWriteTokens[ttl] > 0)
    .map((ttl) => ({ ttl, inputTokens: cacheWriteTokens[ttl] }));
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cacheReadTokens + written,
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: written,
    ...(cacheDetails.length > 0 && { cacheDetails }),
  };
}
