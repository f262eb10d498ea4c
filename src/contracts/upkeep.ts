import * as z from 'zod';
import { DRIFT_KINDS, MENDINGS } from '../domain/drift.ts';
import { ORPHAN_VERDICTS } from '../domain/orphan.ts';
import { costShape, startedDocument } from './api.ts';
import { explanationShape } from './model-explanation.ts';

export const resourceShape = z.strictObject({ type: z.string(), id: z.string() });

/** `GET /v1/deployments/:name/removal?explain=`: what a destroy would remove, and what its life teaches. */
export const removalDocument = z.strictObject({
  resources: z.array(resourceShape),
  /** What there is to pay for it, and no more after the removal. */
  savings: costShape,
  issues: z.array(
    z.strictObject({
      issue: z.string(),
      times: z.number().int(),
      advice: z.string(),
      /** What a model says about it; `advice` is another one of ours that it would give. */
      explanation: explanationShape.extend({ advice: z.string().nullable() }).optional(),
    }),
  ),
  /** What a model says about the life as a whole. */
  life: explanationShape.optional(),
});
export type RemovalView = z.infer<typeof removalDocument>;

export const orphanShape = z.strictObject({
  type: z.string(),
  id: z.string(),
  deploymentId: z.string().nullable(),
  since: z.string().nullable(),
  verdict: z.enum(ORPHAN_VERDICTS),
  reason: z.string(),
});
/** `GET /v1/orphans?olderThanSeconds=` */
export const orphansDocument = z.strictObject({
  orphans: z.array(orphanShape),
  /** Of the stacks among those that would be removed. */
  monthlyUsd: z.number(),
});
export type OrphansView = z.infer<typeof orphansDocument>;

const DAY_SECONDS = 86_400;
export const olderThanSeconds = z.coerce
  .number()
  .int()
  .min(0)
  .max(3_650 * DAY_SECONDS)
  .default(DAY_SECONDS);
/** `DELETE /v1/orphans` */
export const removeOrphansRequest = z.strictObject({ olderThanSeconds });
export const orphansRemovedDocument = z.strictObject({
  removed: z.array(resourceShape),
  left: z.array(resourceShape.extend({ why: z.string(), how: z.string() })),
});
export type OrphansRemovedView = z.infer<typeof orphansRemovedDocument>;

export const driftShape = z.strictObject({
  kind: z.enum(DRIFT_KINDS),
  resource: z.string(),
  recorded: z.string(),
  seen: z.string(),
  mending: z.enum(MENDINGS),
  advice: z.string(),
});
/** `GET /v1/deployments/:name/drift` */
export const driftDocument = z.strictObject({ drift: z.array(driftShape) });
export type DriftView = z.infer<typeof driftDocument>;

/** `POST /v1/deployments/:name/reconcile` */
export const reconciledDocument = z.strictObject({
  /** What was mended at once. */
  mended: z.array(driftShape),
  /** What only the operator can mend. */
  left: z.array(driftShape),
  /** The workflow that mends the rest; null when there was none. */
  started: startedDocument.nullable(),
});
export type ReconciledView = z.infer<typeof reconciledDocument>;
