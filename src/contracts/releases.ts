import * as z from 'zod';
import { RELEASE_WORKFLOWS } from '../domain/execution.ts';
import { CHANGE_AREAS } from '../domain/release-comparison.ts';

/** One release as `hivemind releases` shows it. */
export const releaseShape = z.strictObject({
  number: z.number().int(),
  commit: z.string(),
  /** First line of the commit message; null where it is not on record. */
  subject: z.string().nullable(),
  artifact: z.string(),
  /** False: it cannot be gone back to, because its artifact was removed. */
  artifactKept: z.boolean(),
  createdAt: z.string(),
  /** Who asked for it and by which workflow; null where that is not on record. */
  actor: z.string().nullable(),
  workflow: z.enum(RELEASE_WORKFLOWS).nullable(),
  executionId: z.string().nullable(),
  /** `live` has the traffic, `warm` can take it at once, `previous` was live before; `never-live` failed before it was. */
  mark: z.enum(['live', 'warm', 'previous', 'never-live']).nullable(),
  /** ISO time until which it stays warm. */
  warmUntil: z.string().nullable(),
  /** Whether its own migration ran and is not marked reversible: what is older cannot be gone back to from here. */
  freezes: z.boolean(),
  /** Why `hivemind rollback --to` would refuse it; null when it would not. */
  rollbackRefused: z.string().nullable(),
});
export type ReleaseView = z.infer<typeof releaseShape>;
/** `GET /v1/deployments/:name/releases`, newest first. */
export const releasesDocument = z.strictObject({ releases: z.array(releaseShape) });

/** `GET /v1/deployments/:name/rollback?toRelease=&despiteMigrations=`: what a rollback goes from and to, or why it is refused. */
export const rollbackPreviewDocument = z.strictObject({
  /** Null: nothing is live, and what a first deploy has left is removed. */
  from: z.number().int().nullable(),
  to: z.number().int().nullable(),
  /** Whether only the weights change. */
  warm: z.boolean(),
});
export type RollbackPreview = z.infer<typeof rollbackPreviewDocument>;

export const releaseChangeShape = z.strictObject({
  area: z.enum(CHANGE_AREAS),
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

/** `GET /v1/deployments/:name/diff?from=&to=`. Values of environment variables never appear. */
export const comparisonDocument = z.strictObject({
  from: releaseShape,
  to: releaseShape,
  changes: z.array(releaseChangeShape),
  /** What could not be compared and why. */
  notes: z.array(z.string()),
});
export type ComparisonView = z.infer<typeof comparisonDocument>;
