import * as z from 'zod';
import { findingShape, previewShape } from '../contracts/api.ts';
import { checkShape } from '../contracts/deployment.ts';
import { anomalyShape } from '../contracts/model-explanation.ts';
import { planShape } from '../contracts/plan.ts';
import { resolvedSourceRecord } from '../contracts/records.ts';
import { COLORS } from '../domain/deployment.ts';

/** What the stages hand to each other through the store. */
export const analysedOutput = z.strictObject({
  source: resolvedSourceRecord,
  plan: planShape,
  confidence: z.number(),
});
export type Analysed = z.infer<typeof analysedOutput>;

export const builtOutput = z.strictObject({
  artifact: z.string(),
  files: z.number(),
  bytes: z.number(),
  runtimeVersion: z.string(),
});
export type Built = z.infer<typeof builtOutput>;

/** Of `network`, `load-balancer` and `database`. */
export const stackOutput = z.strictObject({
  stack: z.string(),
  outputs: z.record(z.string(), z.string()),
});
export type StackOutput = z.infer<typeof stackOutput>;

export const computeOutput = z.strictObject({
  stack: z.string(),
  color: z.enum(COLORS),
  release: z.number().int(),
});
export type ComputeOutput = z.infer<typeof computeOutput>;

export const migratedOutput = z.strictObject({ ran: z.boolean() });

/** Of `roll`: every instance of the live colour runs the release. */
export const rolledOutput = z.strictObject({
  stack: z.string(),
  color: z.enum(COLORS),
  release: z.number().int(),
  instances: z.array(z.string()),
});
export type Rolled = z.infer<typeof rolledOutput>;

export const releasedOutput = z.strictObject({
  url: z.string().nullable(),
  stack: z.string(),
  color: z.enum(COLORS),
  release: z.number().int(),
  instances: z.array(z.string()),
});
export type Released = z.infer<typeof releasedOutput>;

/** Of `shift`: the requests of both colours while the traffic moved. */
export const shiftedOutput = z.strictObject({
  requests: z.number().int(),
  failed: z.number().int(),
  slowestMilliseconds: z.number().nullable(),
});
export type Shifted = z.infer<typeof shiftedOutput>;

export const auditedOutput = z.strictObject({ findings: z.array(findingShape) });
export const verifiedOutput = z.strictObject({ checks: z.array(checkShape) });
export type Verified = z.infer<typeof verifiedOutput>;
/** Of `observe`; `anomalies` are what a model says, where one does. */
export const observedOutput = z.strictObject({
  sources: z.array(z.string()),
  anomalies: z.array(anomalyShape).optional(),
});
export type Observed = z.infer<typeof observedOutput>;
export const doneOutput = z.strictObject({});

export const previewedOutput = z.strictObject({
  stacks: previewShape.shape.stacks,
  costs: previewShape.shape.costs,
});
export type Previewed = z.infer<typeof previewedOutput>;

export const assessedOutput = z.strictObject({ findings: z.array(findingShape) });
export type Assessed = z.infer<typeof assessedOutput>;

export const snapshotOutput = z.strictObject({ locations: z.array(z.string()) });
export type Snapshotted = z.infer<typeof snapshotOutput>;

export const removalPlanOutput = z.strictObject({
  resources: z.array(z.strictObject({ type: z.string(), id: z.string() })),
});
export type RemovalPlan = z.infer<typeof removalPlanOutput>;
