import type * as z from 'zod';
import type { CallOutcome, ModelFailure } from '../../../domain/models/model-call.ts';
import { ANSWER_TOOL, type ModelAnswer } from './model-answer.ts';

/** What an answer is good for. */
export interface Judgement {
  readonly outcome: Extract<CallOutcome, 'answered' | 'invalid' | 'cut' | 'failed'>;
  readonly failure: ModelFailure | null;
  /** Another model may do better with the same question; nothing of this answer is used. */
  readonly isForNextLevel: boolean;
}

const GOOD: Judgement = { outcome: 'answered', failure: null, isForNextLevel: false };
const UNFIT: Judgement = { outcome: 'invalid', failure: 'invalid-answer', isForNextLevel: false };
const useless = (outcome: 'cut' | 'failed', failure: ModelFailure): Judgement => ({
  outcome,
  failure,
  isForNextLevel: true,
});

/** How providers say that a model, or a guard before it, did not want to. */
const REFUSALS = ['contentFiltered', 'guardrailIntervened', 'refusal'];
const CUT_OFF = ['maxTokens', 'modelContextWindowExceeded'];

/** Of a question: its answer comes by a tool, or is about to. */
export function judgeAnswer(answer: ModelAnswer, schema: z.ZodType): Judgement {
  const broken = judgeEnd(answer);
  if (broken !== undefined) return broken;
  if (CUT_OFF.includes(answer.stopReason)) return useless('cut', 'truncated');
  const given = answer.toolUses.find(({ name }) => name === ANSWER_TOOL);
  if (given !== undefined) return schema.safeParse(given.input).success ? GOOD : UNFIT;
  return answer.toolUses.length > 0 ? GOOD : UNFIT;
}

/** Of a conversation: words that broke off at the limit are still words. */
export function judgeWords(answer: ModelAnswer): Judgement {
  const broken = judgeEnd(answer);
  if (broken !== undefined) return broken;
  if (!CUT_OFF.includes(answer.stopReason)) return GOOD;
  return answer.toolUses.length > 0 || answer.text.trim() === '' ? useless('cut', 'truncated') : GOOD;
}

function judgeEnd({ stopReason, text, toolUses }: ModelAnswer): Judgement | undefined {
  if (REFUSALS.includes(stopReason)) return useless('failed', 'refused');
  if (CUT_OFF.includes(stopReason)) return undefined;
  // Also when it only reasoned.
  return text.trim() === '' && toolUses.length === 0 ? useless('failed', 'empty') : undefined;
}
