import type { StopReason, TokenUsage } from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '../../src/domain/json.ts';
import { SERVICE_ERRORS, type ServiceError } from './service-error.ts';

export type AnswerBlock =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly toolUse: { readonly name: string; readonly input: Json } }
  /** Input of a tool as the model wrote it, which may be no JSON. */
  | { readonly rawToolUse: { readonly name: string; readonly input: string } }
  /** Input of the tool that takes the answer of a run: the one that is forced, or Strands' own. Text where no tool is offered. */
  | { readonly structured: Json };

/**
 * How the bytes of an answer arrive. `after` counts events of a stream, from its end when negative; a JSON body arrives in two halves,
 * whatever it is.
 */
export type Delivery =
  | { readonly how: 'whole' }
  | { readonly how: 'drip'; readonly pauseMilliseconds: number }
  | { readonly how: 'reset'; readonly after: number; readonly of: ResetOf }
  /** The answer ends properly, as far as HTTP is concerned, but is not complete. */
  | { readonly how: 'ends'; readonly after: number }
  | { readonly how: 'hangs'; readonly after: number }
  | { readonly how: 'exception'; readonly after: number; readonly error: ServiceError };

/** A connection with all that goes over it, or (HTTP/2) one stream of it. */
export type ResetOf = 'connection' | 'stream';

export interface MessageAnswer {
  readonly kind: 'message';
  readonly content: readonly AnswerBlock[];
  /** @default tool_use after a tool, max_tokens after an answer that was too long, else end_turn */
  readonly stopReason?: StopReason;
  /** What is reported instead of the truth; null: no usage at all. */
  readonly usage?: Partial<Record<keyof TokenUsage, Json>> | null;
  readonly delivery?: Delivery;
}

export type Answer = MessageAnswer | Fault;

export type Fault =
  | { readonly kind: 'error'; readonly error: ServiceError }
  | { readonly kind: 'hang' }
  /** No answer; `billed`: the model had worked, and only its answer was lost. */
  | { readonly kind: 'reset'; readonly of: ResetOf; readonly billed: boolean };

type Options = Omit<MessageAnswer, 'kind' | 'content'>;

export const message = (content: readonly AnswerBlock[], options: Options = {}): MessageAnswer => ({
  kind: 'message',
  content,
  ...options,
});
export const text = (words: string, options?: Options): MessageAnswer => message([{ text: words }], options);
/** A good answer to a question with an answer of a known shape. */
export const structured = (value: Json, options?: Options): MessageAnswer =>
  message([{ structured: value }], options);
export const toolUse = (name: string, input: Json, options?: Options): MessageAnswer =>
  message([{ toolUse: { name, input } }], options);
export const reasoned = (reasoning: string, value: Json, options?: Options): MessageAnswer =>
  message([{ reasoning }, { structured: value }], options);

/** Input of a tool that breaks off in the middle: in a stream as it is, else the service finds out and says so. */
export const invalidJson = (name = 'strands_structured_output'): MessageAnswer =>
  message([{ rawToolUse: { name, input: '{"cause": "the port is ta' } }]);
export const truncated = (words = 'word '): MessageAnswer => text(words.repeat(200_000));
export const empty = (): MessageAnswer => message([], { stopReason: 'end_turn' });
export const plainRefusal = (): MessageAnswer => text("I can't help with that.");
export const contentFiltered = (): MessageAnswer => message([], { stopReason: 'content_filtered' });
export const guardrailIntervened = (): MessageAnswer =>
  text('Sorry, the model cannot answer this question.', { stopReason: 'guardrail_intervened' });

export const fails = (error: ServiceError): Fault => ({ kind: 'error', error });
/** @param retryAfter seconds, or a date of HTTP */
export const throttled = (retryAfter?: string): Fault =>
  fails({ ...SERVICE_ERRORS.throttled, ...(retryAfter !== undefined && { retryAfter }) });
export const hang = (): Fault => ({ kind: 'hang' });
export const reset = (of: ResetOf = 'connection', billed = false): Fault => ({ kind: 'reset', of, billed });

/** So often the one answer, then the other for all that follows. */
export const after = (times: number, first: Answer, then: Answer): readonly Answer[] => [
  ...Array.from({ length: times }, () => first),
  then,
];
