import type { Message, Model, ModelStreamEvent, StreamOptions } from '@strands-agents/sdk';
import type { ModelFailure } from '../../../domain/models/model-call.ts';
import type { ModelReference } from '../../../domain/models/model-settings.ts';
import { promptTokensAtMost, reportedUsage } from '../../../domain/models/usage.ts';
import { redact } from '../../../domain/untrusted-text/redact.ts';
import { type CallFailure, failed } from './call-failure.ts';
import type { Attempted } from './guarded-call.ts';
import type { Judgement } from './judge-answer.ts';
import type { CallRequest, Settlement } from './ledger-line.ts';
import { AnswerInProgress, type ModelAnswer } from './model-answer.ts';
import { sha256 } from './prompt.ts';
import { providerFailure } from './provider-failure.ts';
import type { ModelAtLevel } from './run.ts';
import { ABORTED, orAborted } from './run-time.ts';

/** For how long providers are asked to keep prompts. */
export const CACHE_TTL = '5m';

/** A DynamoDB item has at most 400 KB. */
const KEPT_PROMPT_CHARACTERS = 60_000;

/** One step of a run: what is asked of whichever model answers it. */
export interface Step {
  readonly messages: Message[];
  readonly options: StreamOptions;
  readonly maximumOutputTokens: number;
  /** What the ledger and the digest know it by: without markers, which differ every time. */
  readonly text: string;
}

export function callRequest(step: Step, at: ModelAtLevel, keepsPrompts: boolean): CallRequest {
  return {
    ...at,
    promptTokensAtMost: promptTokensAtMost(step.text),
    maximumOutputTokens: step.maximumOutputTokens,
    promptDigest: sha256(at.reference.provider, at.reference.id, step.text),
    // Also what the model itself has said so far is in it.
    prompt: keepsPrompts ? redact(step.text).slice(0, KEPT_PROMPT_CHARACTERS) : null,
    operation: 'chat',
  };
}

/** How a request is sent and its answer heard. */
export interface RequestOptions {
  readonly step: Step;
  readonly reference: ModelReference;
  readonly signal: AbortSignal;
  /** Why the signal aborted. */
  readonly abortReason: () => ModelFailure;
  readonly nowIso: () => string;
  readonly heard: () => void;
  readonly onText?: (text: string) => void;
  readonly judge: (answer: ModelAnswer) => Judgement;
  readonly onTrouble: (error: unknown) => void;
}

/** Sends one request to a model and listens to the end. */
export async function requestModel(model: Model, options: RequestOptions): Promise<Attempted<ModelAnswer>> {
  const progress = new AnswerInProgress();
  try {
    const end = await listen(model, options, progress);
    if (end === ABORTED)
      return lost(options, progress, failed(options.abortReason(), { mayBeBilled: true }).failure);
  } catch (error) {
    // Our own abort comes back as an error of the provider's SDK.
    const failure = options.signal.aborted
      ? failed(options.abortReason(), { mayBeBilled: true }).failure
      : failureOf(error, options);
    return lost(options, progress, failure);
  }
  const answer = progress.whole();
  if (answer === undefined) return lost(options, progress, failed('interrupted').failure);
  return served(options, answer);
}

async function listen(
  model: Model,
  { step, signal, heard, onText }: RequestOptions,
  progress: AnswerInProgress,
): Promise<typeof ABORTED | undefined> {
  const stream: AsyncIterator<ModelStreamEvent> = model
    .stream(step.messages, { ...step.options, cancelSignal: signal })
    [Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(stream.next(), signal);
    if (next === ABORTED) {
      stream.return?.().catch(() => undefined);
      return ABORTED;
    }
    if (next.done) return undefined;
    heard();
    const text = progress.add(next.value);
    if (text !== '') onText?.(text);
  }
}

function failureOf(error: unknown, { nowIso, onTrouble }: RequestOptions): CallFailure {
  const known = providerFailure(error, nowIso());
  if (known !== undefined) return known;
  // An answer that the SDK or Strands cannot read, or a fault of ours: asking again would give the same one.
  onTrouble(error);
  return failed('interrupted', { isRetryable: false, evidence: 'none' }).failure;
}

/** Whatever had arrived of it may be billed, also where the provider says that it failed. */
function lost(
  options: RequestOptions,
  { outputCharacters }: AnswerInProgress,
  failure: CallFailure,
): Attempted<ModelAnswer> {
  const mayBeBilled = failure.mayBeBilled || outputCharacters > 0;
  const isLeftByCaller = failure.reason === 'cancelled' && outputCharacters > 0;
  return {
    served: false,
    failure: { ...failure, mayBeBilled },
    // Of what was being read when the caller left, more is known than the most that it could have been.
    ...(isLeftByCaller && {
      settlement: {
        outcome: 'cancelled',
        failure: 'cancelled',
        ...usageOf(options, undefined, outputCharacters),
        isEstimated: true,
      },
    }),
  };
}

function served(options: RequestOptions, answer: ModelAnswer): Attempted<ModelAnswer> {
  const { outcome, failure, isForNextLevel } = options.judge(answer);
  const settlement: Settlement = {
    outcome,
    failure,
    finishReason: answer.stopReason,
    ...usageOf(options, answer.usage, answer.outputCharacters),
  };
  const isUseless = isForNextLevel && failure !== null;
  return { served: true, settlement, result: isUseless ? failed(failure) : { ok: true, value: answer } };
}

const usageOf = (
  { step, reference }: RequestOptions,
  usage: ModelAnswer['usage'],
  outputCharacters: number,
): Pick<Settlement, 'usage' | 'isEstimated'> =>
  reportedUsage(usage, {
    promptCharacters: step.text.length,
    outputCharacters,
    ttl: CACHE_TTL,
    provider: reference.provider,
    maximumOutputTokens: step.maximumOutputTokens,
  });
