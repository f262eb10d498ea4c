import { type ModelExplanation, speaksForOthers } from '../domain/model-explanation.ts';
import { plainAnswer } from '../domain/untrusted-text/plain-answer.ts';
import type { Reply } from '../ports/language-model.ts';
import { LEAST_MODEL_CONFIDENCE, modelConfidence } from './model-decision.ts';

/** Longer ones are cut. */
const MOST_CHARACTERS = 400;

type Answered = Extract<Reply<unknown>, { readonly answered: true }>;

interface Said {
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * What a model said as people may read it. Its evidence has to be checked before.
 * @returns why it does not count, in our words, where it does not
 */
export function explanationOf({ model }: Pick<Answered, 'model'>, said: Said): ModelExplanation | string {
  if (said.confidence < LEAST_MODEL_CONFIDENCE) return 'it was unsure';
  const text = plainAnswer(said.text, MOST_CHARACTERS);
  if (text === '') return 'it said nothing';
  if (speaksForOthers(text)) return 'it speaks of approvals or commands';
  return { text, confidence: modelConfidence(said.confidence), model };
}
