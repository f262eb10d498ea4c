import type * as z from 'zod';
import type { CacheHit, ModelFailure } from '../../../domain/models/model-call.ts';
import { modelName } from '../../../domain/models/model-settings.ts';
import { QUESTION_KINDS } from '../../../domain/models/question-kind.ts';
import type { Question, Reply } from '../../../ports/language-model.ts';
import type { AnswerReuse, ReusableAnswer } from './answer-reuse.ts';
import { type Chain, chainOf } from './chain.ts';
import { judgeAnswer } from './judge-answer.ts';
import { ANSWER_TOOL } from './model-answer.ts';
import type { GatewayParts } from './parts.ts';
import { type Prompt, promptOf } from './prompt.ts';
import type { Providers } from './providers.ts';
import { recordUnasked } from './record-unasked.ts';
import type { Run } from './run.ts';
import { startRunTime } from './run-time.ts';
import { Steps } from './steps.ts';
import { think } from './think.ts';
import { readingTool, type ToolRead } from './tools.ts';

export interface Asking {
  readonly parts: GatewayParts;
  readonly providers: Providers;
  readonly reuse: AnswerReuse;
}

/** A question from its prompt to its answer. */
export async function ask<Answer>(
  asking: Asking,
  question: Question<Answer>,
  signal?: AbortSignal,
): Promise<Reply<Answer>> {
  const { parts, reuse } = asking;
  const { agent, deploymentId, kind } = question;
  const seconds = Math.min(
    question.deadlineSeconds ?? Number.POSITIVE_INFINITY,
    QUESTION_KINDS[kind].deadlineSeconds,
  );
  const run: Run = { agent, deploymentId, kind, time: startRunTime(parts.clock, seconds, signal) };
  try {
    const prompt = promptOf(question);
    const chain = chainOf(kind, parts.settings);
    const reusable = reuse.of({ run, question, prompt, chain });
    const known = await reusable.find();
    if (known !== undefined) return { answered: true, ...known };
    return await askModels(asking, { run, question, prompt, chain, reusable });
  } finally {
    run.time.end();
  }
}

interface Unanswered<Answer> {
  readonly run: Run;
  readonly question: Question<Answer>;
  readonly prompt: Prompt;
  readonly chain: Chain;
  readonly reusable: ReusableAnswer<Answer>;
}

async function askModels<Answer>(asking: Asking, unanswered: Unanswered<Answer>): Promise<Reply<Answer>> {
  const { parts } = asking;
  const { run, question, prompt, reusable } = unanswered;
  const steps = stepsOf(asking, unanswered);
  const reads: ToolRead[] = [];
  const tools = (question.tools ?? []).map((tool) =>
    readingTool(tool, { prompt, signal: run.time.signal, onRead: (read) => reads.push(read) }),
  );
  const { onTrouble } = parts;
  const reason = await think({ run, prompt, said: [], tools, steps, schema: question.answer, onTrouble });
  const answer = reason === undefined ? givenAnswer(steps, question.answer) : undefined;
  if (answer === undefined) return unansweredReply(asking, unanswered, reason ?? 'invalid-answer');
  const { level, model, raw, value } = answer;
  await reusable.keep({ raw, level, model, reads });
  const cached: CacheHit = 'no';
  return { answered: true, value, level, model, cached };
}

function stepsOf<Answer>(
  { parts, providers }: Asking,
  { run, question, prompt, chain }: Unanswered<Answer>,
): Steps {
  return new Steps({
    parts,
    providers,
    run,
    chain,
    marker: prompt.marker,
    use: { streams: false, cachesConversation: (question.tools ?? []).length > 0 },
    judge: (answer) => judgeAnswer(answer, question.answer),
    endsWithAnswer: true,
    patienceMilliseconds: answerPatience,
  });
}

/** A whole answer takes its time: most of what is left, and when nothing came a shorter second try. */
const ANSWER_PATIENCE = { share: 2 / 3, atLeastMilliseconds: 3_000 };
const answerPatience = (left: number): number =>
  Math.min(left, Math.max(left * ANSWER_PATIENCE.share, ANSWER_PATIENCE.atLeastMilliseconds));

function givenAnswer<Answer>({ answer, answeredBy }: Steps, schema: z.ZodType<Answer>) {
  const given = answer?.toolUses.find(({ name }) => name === ANSWER_TOOL);
  if (given === undefined || answeredBy === undefined) return undefined;
  const valid = schema.safeParse(given.input);
  if (!valid.success) return undefined;
  const { level, reference } = answeredBy;
  return { raw: given.input, value: valid.data, level, model: modelName(reference) };
}

/** The rules answer, and the ledger knows why. */
async function unansweredReply<Answer>(
  { parts }: Asking,
  { run, reusable }: Unanswered<Answer>,
  reason: ModelFailure,
): Promise<Reply<Answer>> {
  if (reason !== 'cancelled') {
    await recordUnasked(parts, run, {
      level: 'rules',
      model: null,
      cached: 'no',
      promptDigest: reusable.key,
      failure: reason,
    });
  }
  return { answered: false, reason };
}
