import * as z from 'zod';
import { CACHE_HITS, CALL_OUTCOMES, MODEL_FAILURES } from '../domain/models/model-call.ts';
import { ANSWER_LEVELS, MODEL_LEVELS } from '../domain/models/model-settings.ts';
import { QUESTION_KIND_NAMES } from '../domain/models/question-kind.ts';
import { SPENDING_GROUPS } from '../domain/models/spending.ts';
import { AGENTS } from '../domain/stage.ts';

/** Dollars; a call may cost a hundred-thousandth of one. */
const usd = z.number();
const count = z.number().int();

/** `GET /v1/models`: which models may be asked, whether they may be now, and what is left of the budgets. */
export const modelsDocument = z.strictObject({
  /** In the order of the chain; empty: rules alone answer. */
  models: z.array(
    z.strictObject({
      level: z.enum(MODEL_LEVELS),
      model: z.string(),
      breaker: z.enum(['closed', 'open', 'half-open']),
      /** In a row. */
      failures: count,
      /** How the newest of its calls ended, where only a change of access, credentials or settings helps. */
      refused: z.enum(MODEL_FAILURES).optional(),
      /** False: it counts with the price of the dearest model that is known. */
      isPriceKnown: z.boolean(),
      /** For a million tokens of a short prompt. */
      inputUsd: usd,
      outputUsd: usd,
    }),
  ),
  embedding: z.string().nullable(),
  budgets: z.array(
    z.strictObject({
      period: z.literal('day'),
      limitUsd: usd,
      spentUsd: usd,
      reservedUsd: usd,
    }),
  ),
  /** Of each deployment in all its life; null: no limit. */
  deploymentLimitUsd: usd.nullable(),
  prices: z.strictObject({ asOf: z.string(), sources: z.array(z.string()) }),
});
export type ModelsView = z.infer<typeof modelsDocument>;

const sums = {
  calls: count,
  costUsd: usd,
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
};

/** Query of `GET /v1/models/costs` */
export const modelCostsQuery = z.strictObject({
  by: z.enum(SPENDING_GROUPS).default('agent'),
  /** With today, in UTC. */
  days: z.coerce.number().int().min(1).max(365).default(30),
  /** Name or id. @default all */
  deployment: z.string().min(1).max(300).optional(),
});
export type ModelCostsQuery = z.output<typeof modelCostsQuery>;

/** `GET /v1/models/costs` */
export const modelCostsDocument = z.strictObject({
  by: z.enum(SPENDING_GROUPS),
  since: z.string(),
  until: z.string(),
  total: z.strictObject(sums),
  /** `name` is null for what belongs to no deployment, or was answered by rules. */
  groups: z.array(z.strictObject({ name: z.string().nullable(), ...sums })),
  trend: z.strictObject({ previousUsd: usd, changePercent: z.number().nullable() }),
  mostExpensive: z.array(
    z.strictObject({
      id: z.string(),
      askedAt: z.string(),
      deployment: z.string().nullable(),
      agent: z.enum(AGENTS),
      kind: z.enum(QUESTION_KIND_NAMES),
      level: z.enum(ANSWER_LEVELS),
      model: z.string().nullable(),
      outcome: z.enum(CALL_OUTCOMES),
      failure: z.enum(MODEL_FAILURES).nullable(),
      attempts: count,
      isEstimated: z.boolean(),
      costUsd: usd,
      latencyMilliseconds: z.number(),
    }),
  ),
  projection: z.strictObject({ month: z.string(), spentUsd: usd, projectedUsd: usd }),
  levels: z.record(z.enum(ANSWER_LEVELS), count),
  cacheHits: z.record(z.enum(CACHE_HITS), count),
  failures: count,
  open: z.strictObject({ calls: count, reservedUsd: usd }),
  /** Of calls whose process died: they count with all that they might have cost. */
  lost: z.strictObject({ calls: count, reservedUsd: usd }),
});
export type ModelCostsView = z.infer<typeof modelCostsDocument>;
