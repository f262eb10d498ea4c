import * as z from 'zod';
import { DEPLOYMENT_STATUSES, ENVIRONMENT_STAGES, TARGETS } from '../domain/deployment.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { FAILURE_KINDS } from '../domain/errors.ts';
import { AGENTS, STAGE_NAMES, STAGE_STATUSES, type StageName } from '../domain/stage.ts';
import { CHECK_RESULTS } from '../domain/verification.ts';

const errorCodes = Object.keys(FAILURE_KINDS) as [ErrorCode, ...ErrorCode[]];
const stageNames = STAGE_NAMES as [StageName, ...StageName[]];

export const failureShape = z.strictObject({
  stage: z.enum(stageNames).nullable(),
  code: z.enum(errorCodes),
  fault: z.enum(['operator', 'application', 'platform', 'hivemind']),
  message: z.string(),
  hint: z.string(),
  logTail: z.array(z.string()),
  at: z.string(),
});

export const stageShape = z.strictObject({
  name: z.enum(stageNames),
  agent: z.enum(AGENTS),
  status: z.enum(STAGE_STATUSES),
  /** Wall time of the stage in this execution; null while it has not ended. */
  seconds: z.number().nullable(),
  /** A recorded result was returned instead of doing the work again. */
  reused: z.boolean(),
  summary: z.string().nullable(),
});

export const checkShape = z.strictObject({
  id: z.string(),
  title: z.string(),
  result: z.enum(CHECK_RESULTS),
  evidence: z.string(),
  milliseconds: z.number().nullable(),
});

/** A deployment as every client sees it: `deploy --json`, `status --json`, each entry of `list --json`, the API. */
export const deploymentShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(DEPLOYMENT_STATUSES),
  stage: z.enum(ENVIRONMENT_STAGES),
  target: z.enum(TARGETS),
  url: z.string().nullable(),
  /** The release that receives traffic; null until there is one. */
  release: z.strictObject({ number: z.number().int(), commit: z.string(), artifact: z.string() }).nullable(),
  /** Stages of the newest execution. */
  stages: z.array(stageShape),
  verification: z.array(checkShape),
  failure: failureShape.optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type DeploymentView = z.infer<typeof deploymentShape>;

export const deploymentDocument = z.strictObject({ deployment: deploymentShape });
export const deploymentListDocument = z.strictObject({ deployments: z.array(deploymentShape) });

export const errorDocument = z.strictObject({
  error: z.strictObject({ code: z.enum(errorCodes), message: z.string(), hint: z.string() }),
});
