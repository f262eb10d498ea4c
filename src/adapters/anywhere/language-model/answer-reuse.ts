import * as z from 'zod';
import { type Json, jsonOrUndefined } from '../../../domain/json.ts';
import type { CacheHit } from '../../../domain/models/model-call.ts';
import { MODEL_LEVELS, type ModelLevel, modelName } from '../../../domain/models/model-settings.ts';
import { QUESTION_KINDS } from '../../../domain/models/question-kind.ts';
import { timeAfter } from '../../../domain/time.ts';
import type { AnswerCache, CachedAnswer } from '../../../ports/answer-cache.ts';
import type { Question } from '../../../ports/language-model.ts';
import type { Chain } from './chain.ts';
import { isSimilar } from './cosine.ts';
import type { Embedding } from './embedding.ts';
import type { GatewayParts } from './parts.ts';
import { jsonSchemaText, type Prompt, sha256 } from './prompt.ts';
import { recordUnasked } from './record-unasked.ts';
import type { Run } from './run.ts';
import { ABORTED, orAborted } from './run-time.ts';
import { readSafely, type ToolRead, toolSpecsText } from './tools.ts';

export interface FoundAnswer<Answer> {
  readonly value: Answer;
  readonly level: ModelLevel;
  readonly model: string;
  readonly cached: CacheHit;
}

export interface GivenAnswer {
  /** As the model gave it, before the schema made something of it. */
  readonly raw: unknown;
  readonly level: ModelLevel;
  readonly model: string;
  /** What it rests on besides its prompt. */
  readonly reads: readonly ToolRead[];
}

/** Whether a question has been answered before, and its answer for the next time. */
export interface ReusableAnswer<Answer> {
  /** Digest of everything that the answer depends on. */
  readonly key: string;
  find(): Promise<FoundAnswer<Answer> | undefined>;
  keep(given: GivenAnswer): Promise<void>;
}

export interface Asked<Answer> {
  readonly run: Run;
  readonly question: Question<Answer>;
  readonly prompt: Prompt;
  readonly chain: Chain;
}

export interface AnswerReuse {
  of<Answer>(asked: Asked<Answer>): ReusableAnswer<Answer>;
}

/** Answers that are compared by meaning with one question. */
const COMPARED_ANSWERS = 50;

const anyJson = z.json();
const storedSchema = z.object({
  answer: anyJson,
  level: z.enum(MODEL_LEVELS),
  reads: z.array(z.object({ tool: z.string(), input: z.string(), digest: z.string() })),
});

export const answerReuse = (options: {
  readonly parts: GatewayParts;
  readonly cache: AnswerCache;
  readonly embedding: Embedding;
}): AnswerReuse => ({ of: (asked) => new Reusable(options, asked) });

class Reusable<Answer> implements ReusableAnswer<Answer> {
  readonly key: string;
  readonly #parts: GatewayParts;
  readonly #cache: AnswerCache;
  readonly #embedding: Embedding;
  readonly #asked: Asked<Answer>;
  readonly #scope: string;
  readonly #text: string;
  #vector: readonly number[] | null = null;

  constructor(options: Parameters<typeof answerReuse>[0], asked: Asked<Answer>) {
    const { question, prompt, chain } = asked;
    const { agent, deploymentId, kind, answerVersion } = question;
    this.#parts = options.parts;
    this.#cache = options.cache;
    this.#embedding = options.embedding;
    this.#asked = asked;
    this.#text = prompt.data.replaceAll(prompt.marker, '');
    const frame = sha256(
      chain.levels.map(({ reference }) => modelName(reference)).join(' '),
      prompt.system,
      toolSpecsText(question.tools ?? []),
      jsonSchemaText(question.answer),
    );
    // Also what is asked has to be the same, not only who asks: data alone are compared by meaning.
    const asking = `${agent}:${kind}:${answerVersion}:${frame}`;
    // What is almost the same of two deployments may be another thing in each: only the very same prompt is.
    this.#scope = `${deploymentId ?? 'none'}:${asking}`;
    this.key = sha256(asking, this.#text);
  }

  async find(): Promise<FoundAnswer<Answer> | undefined> {
    if (!this.#isKept) return undefined;
    try {
      const { signal } = this.#asked.run.time;
      const exact = await orAborted(this.#cache.find(this.key), signal);
      if (exact === ABORTED) return undefined;
      const found = await this.#usable(exact, 'exact');
      return found ?? (await this.#findByMeaning());
    } catch (error) {
      // Without the cache everything is asked, which costs money and nothing else.
      this.#parts.onTrouble(error);
      return undefined;
    }
  }

  async keep({ raw, level, model, reads }: GivenAnswer): Promise<void> {
    const answer = anyJson.safeParse(raw);
    if (!this.#isKept || !answer.success) return;
    const { run, question } = this.#asked;
    const answeredAt = this.#parts.clock.now();
    const value: Json = { answer: answer.data as Json, level, reads: reads.map((read) => ({ ...read })) };
    const putting = this.#cache.put({
      key: this.key,
      scope: this.#scope,
      value,
      model,
      answeredAt,
      expiresAt: timeAfter(answeredAt, QUESTION_KINDS[question.kind].cacheSeconds),
      embedding: this.#vector,
    });
    this.#parts.background.add(putting);
    await Promise.race([putting, run.time.over]).catch(() => undefined);
  }

  get #isKept(): boolean {
    return QUESTION_KINDS[this.#asked.question.kind].cacheSeconds > 0;
  }

  /** What tools would find for other data is not known before a model has asked them. */
  async #findByMeaning(): Promise<FoundAnswer<Answer> | undefined> {
    const { question, run } = this.#asked;
    if (!QUESTION_KINDS[question.kind].reusesSimilar || (question.tools ?? []).length > 0) return undefined;
    const vector = await this.#embedding.of(run, this.#text);
    if (vector === undefined) return undefined;
    this.#vector = vector;
    const others = await orAborted(this.#cache.similar(this.#scope, COMPARED_ANSWERS), run.time.signal);
    if (others === ABORTED) return undefined;
    const close = others.find(({ embedding }) => embedding !== null && isSimilar(vector, embedding));
    return this.#usable(close, 'meaning');
  }

  async #usable(
    found: CachedAnswer | undefined,
    cached: 'exact' | 'meaning',
  ): Promise<FoundAnswer<Answer> | undefined> {
    if (found === undefined) return undefined;
    const stored = storedSchema.safeParse(found.value);
    if (!stored.success) return undefined;
    const { answer, level, reads } = stored.data;
    const valid = this.#asked.question.answer.safeParse(answer);
    if (!valid.success || !(await this.#readsTheSame(reads))) return undefined;
    const { model } = found;
    const { run } = this.#asked;
    await recordUnasked(this.#parts, run, { level, model, cached, promptDigest: this.key, failure: null });
    return { value: valid.data, level, model, cached };
  }

  /** The same prompt is another question where a tool finds something else. */
  async #readsTheSame(reads: readonly ToolRead[]): Promise<boolean> {
    const { question, run } = this.#asked;
    for (const { tool, input, digest } of reads) {
      const known = (question.tools ?? []).find(({ name }) => name === tool);
      const parsed = known?.input.safeParse(jsonOrUndefined(input));
      if (known === undefined || !parsed?.success) return false;
      const found = await readSafely(known, parsed.data, run.time.signal);
      if (found === undefined || sha256(found) !== digest) return false;
    }
    return true;
  }
}
