import * as z from 'zod';
import { ANOMALY_KINDS, ANOMALY_SEVERITIES, type ModelAnomaly } from '../domain/anomaly.ts';
import type { ModelExplanation } from '../domain/model-explanation.ts';

/** What a model says about what code has found, in words that are fit for people. */
export const explanationShape = z.strictObject({
  text: z.string(),
  confidence: z.number(),
  model: z.string(),
}) satisfies z.ZodType<ModelExplanation>;

export const anomalyShape = z.strictObject({
  what: z.enum(ANOMALY_KINDS),
  severity: z.enum(ANOMALY_SEVERITIES),
  evidence: z.string(),
  explanation: explanationShape,
}) satisfies z.ZodType<ModelAnomaly>;
