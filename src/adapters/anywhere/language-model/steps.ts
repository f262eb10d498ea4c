import type { Message, ModelStreamEvent, StreamOptions } from '@strands-agents/sdk';
import type { ModelFailure } from '../../../domain/models/model-call.ts';
import { QUESTION_KINDS } from '../../../domain/models/question-kind.ts';
import { type CallResult, failed } from './call-failure.ts';
import { type Chain, throughChain, upgrade } from './chain.ts';
import { guardedCall } from './guarded-call.ts';
import type { Judgement } from './judge-answer.ts';
import { ANSWER_TOOL, type ModelAnswer } from './model-answer.ts';
import { callRequest, requestModel, type Step } from './model-request.ts';
import type { GatewayParts } from './parts.ts';
import type { ModelUse, Providers } from './providers.ts';
import type { ModelAtLevel, Run } from './run.ts';

/** An answer that does not fit is asked for once more. */
const UNFIT_ANSWERS = 2;

export interface StepsOptions {
  readonly parts: GatewayParts;
  readonly providers: Providers;
  readonly run: Run;
  readonly chain: Chain;
  readonly use: Pick<ModelUse, 'streams' | 'cachesConversation'>;
  /** Of the prompt; left out of digests. */
  readonly marker: string;
  readonly judge: (answer: ModelAnswer) => Judgement;
  /** The last step has to be the answer. */
  readonly endsWithAnswer: boolean;
  readonly patienceMilliseconds: (left: number) => number;
  readonly onText?: (text: string) => void;
  /** A new request begins, and text of one that failed was heard. */
  readonly onAgain?: () => void;
}

/** The calls of a model in one run, whichever model answers them. */
export class Steps {
  /** Why there will be no answer. */
  reason: ModelFailure | undefined;
  answer: ModelAnswer | undefined;
  answeredBy: ModelAtLevel | undefined;
  readonly #options: StepsOptions;
  #taken = 0;
  #unfit = 0;
  /** Text of a request that has not come to its end, or never will. */
  #isHeard = false;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  async *events(messages: Message[], options: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    const { chain, run, judge } = this.#options;
    const { maximumSteps } = QUESTION_KINDS[run.kind];
    this.#taken += 1;
    if (this.#taken > maximumSteps || this.#unfit >= UNFIT_ANSWERS) throw this.#ended('invalid-answer');
    const step = this.#step(messages, options, this.#taken === maximumSteps);
    const result = await throughChain(chain, run.time, (at, share) => this.#ask(step, at, share));
    if (!result.ok) throw this.#ended(result.failure.reason);
    this.#isHeard = false;
    this.answer = result.value;
    this.answeredBy = chain.levels[chain.place];
    if (judge(result.value).outcome === 'invalid') {
      this.#unfit += 1;
      upgrade(chain);
    }
    yield* result.value.events;
  }

  #step(messages: Message[], options: StreamOptions, isLast: boolean): Step {
    const { run, marker, endsWithAnswer } = this.#options;
    const mustAnswer = isLast && endsWithAnswer;
    const text = JSON.stringify([options.systemPrompt, messages, options.toolSpecs]);
    return {
      messages,
      options: mustAnswer ? { ...options, toolChoice: { tool: { name: ANSWER_TOOL } } } : options,
      maximumOutputTokens: QUESTION_KINDS[run.kind].maximumOutputTokens,
      text: text.replaceAll(marker, '-'.repeat(marker.length)),
    };
  }

  async #ask(step: Step, at: ModelAtLevel, share: number): Promise<CallResult<ModelAnswer>> {
    const { parts, providers, run, use, judge } = this.#options;
    const { maximumOutputTokens } = step;
    const model = await providers.model(at.reference, { ...use, maximumOutputTokens });
    if (model === undefined) return failed('not-configured');
    return guardedCall(parts, run, {
      request: callRequest(step, at, parts.settings.keepsPrompts),
      millisecondsFor: (left) => left * share,
      patienceMilliseconds: this.#options.patienceMilliseconds,
      attempt: (signal, heard) => {
        this.#begin();
        return requestModel(model, {
          step,
          reference: at.reference,
          signal,
          abortReason: () => (run.time.signal.aborted ? run.time.reason() : 'timeout'),
          nowIso: () => parts.clock.now(),
          heard,
          onText: (text) => {
            this.#isHeard = true;
            this.#options.onText?.(text);
          },
          judge,
          onTrouble: parts.onTrouble,
        });
      },
    });
  }

  #begin(): void {
    if (this.#isHeard) this.#options.onAgain?.();
    this.#isHeard = false;
  }

  #ended(reason: ModelFailure): Error {
    this.reason = reason;
    return new Error(reason);
  }
}
