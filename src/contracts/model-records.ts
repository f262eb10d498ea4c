import * as z from 'zod';
import type { Breaker } from '../domain/models/breaker.ts';
import {
  CACHE_HITS,
  CALL_OUTCOMES,
  MODEL_FAILURES,
  type ModelCall,
  type ModelUsage,
} from '../domain/models/model-call.ts';
import { ANSWER_LEVELS } from '../domain/models/model-settings.ts';
import { QUESTION_KIND_NAMES } from '../domain/models/question-kind.ts';
import { AGENTS } from '../domain/stage.ts';

/** Shapes of what a store keeps about language models. */

const count = z.int().nonnegative();

const usageRecord = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: z.strictObject({ '5m': count, '1h': count }),
}) satisfies z.ZodType<ModelUsage>;

export const modelCallRecord = z.strictObject({
  id: z.string(),
  askedAt: z.string(),
  settledAt: z.string().nullable(),
  deploymentId: z.string().nullable(),
  agent: z.enum(AGENTS),
  kind: z.enum(QUESTION_KIND_NAMES),
  level: z.enum(ANSWER_LEVELS),
  model: z.string().nullable(),
  outcome: z.enum(CALL_OUTCOMES),
  cached: z.enum(CACHE_HITS),
  attempts: count,
  usage: usageRecord,
  isEstimated: z.boolean(),
  costNanoUsd: count,
  latencyMilliseconds: z.number(),
  promptDigest: z.string(),
  failure: z.enum(MODEL_FAILURES).nullable(),
  prompt: z.string().nullable(),
}) satisfies z.ZodType<ModelCall>;

export const breakerRecord = z.strictObject({
  model: z.string(),
  state: z.enum(['closed', 'open', 'half-open']),
  failures: count,
  openedAt: z.string().nullable(),
  probeUntil: z.string().nullable(),
  version: count,
}) satisfies z.ZodType<Breaker>;

/** An answer that is kept for a while, without its embedding, which is stored beside it. */
export const cachedAnswerRecord = z.strictObject({
  key: z.string(),
  scope: z.string(),
  value: z.json(),
  model: z.string(),
  answeredAt: z.string(),
  expiresAt: z.string(),
});
