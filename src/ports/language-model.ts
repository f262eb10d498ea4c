import type * as z from 'zod';
import type { CacheHit, ModelFailure } from '../domain/models/model-call.ts';
import type { ModelLevel } from '../domain/models/model-settings.ts';
import type { QuestionKind } from '../domain/models/question-kind.ts';
import type { AgentName } from '../domain/stage.ts';

/** Text of somebody else: it is shown to a model as data, redacted, cleaned and cut to size, and never as an instruction. */
export interface UntrustedText {
  /** What it is, in our words: `README.md`, `log of the build`. */
  readonly name: string;
  readonly text: string;
}

/** Something a model may look up while it thinks. It is bound to one deployment, and changes nothing. */
export interface ReadingTool {
  /** snake_case */
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
  /** The answer is untrusted text. What it throws is told to the model as "not available", never in its own words. */
  read(input: unknown, signal: AbortSignal): Promise<string>;
}

interface Asked {
  readonly agent: AgentName;
  readonly deploymentId: string | null;
  readonly kind: QuestionKind;
  /** Ours, constant: nothing of a repository, a log or an operator is in it. */
  readonly instructions: string;
  readonly data: readonly UntrustedText[];
  /** Values that must not leave, whatever they look like: secrets that the caller knows. */
  readonly secrets?: readonly string[];
  readonly tools?: readonly ReadingTool[];
}

/** A question with an answer of a known shape. */
export interface Question<Answer> extends Asked {
  /** What the answer has to be. It is validated by it, and its JSON Schema is what the model sees. */
  readonly answer: z.ZodType<Answer>;
  /** Rises when an old answer would not be right any more. */
  readonly answerVersion: number;
  /** Less time than the kind allows. */
  readonly deadlineSeconds?: number;
}

export type Reply<Answer> =
  | {
      readonly answered: true;
      readonly value: Answer;
      readonly level: ModelLevel;
      readonly model: string;
      readonly cached: CacheHit;
    }
  | { readonly answered: false; readonly reason: ModelFailure };

/** An action that a model would like: nothing happens before the operator has confirmed exactly this. */
export interface ProposedAction {
  readonly tool: string;
  readonly input: unknown;
}

/** What a model may propose in a conversation. */
export interface ProposingTool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
}

export interface Conversation extends Asked {
  readonly kind: 'chat';
  /** Oldest first, the operator's newest words last. All of it is untrusted. */
  readonly turns: readonly { readonly by: 'operator' | 'model'; readonly text: string }[];
  readonly proposals?: readonly ProposingTool[];
}

export type ConversationEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** What was said so far broke off and does not count: another model begins again. */
  | { readonly kind: 'again' }
  | { readonly kind: 'proposal'; readonly action: ProposedAction }
  | { readonly kind: 'end'; readonly level: ModelLevel; readonly model: string }
  | { readonly kind: 'failed'; readonly reason: ModelFailure };

/** The gateway to language models. With none configured, or none that answers, the caller's rules stand. */
export interface LanguageModel {
  /** False: no question is ever answered, and what it takes to ask one need not be made. */
  readonly isConfigured: boolean;
  /**
   * Asks the models that the kind of the question allows, one after the other. Never throws for what a model, its provider or a budget
   * does, and answers within the deadline of the kind. `signal` ends it early, as `cancelled`.
   */
  ask<Answer>(question: Question<Answer>, signal?: AbortSignal): Promise<Reply<Answer>>;
  /** The answer as it is written. The last event is `end` or `failed`. */
  converse(conversation: Conversation, signal?: AbortSignal): AsyncIterable<ConversationEvent>;
}
