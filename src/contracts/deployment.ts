import * as z from 'zod';
import { DEPLOYMENT_STATUSES, ENVIRONMENT_STAGES, TARGETS } from '../domain/deployment.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { FAILURE_KINDS } from '../domain/errors.ts';
import { AGENTS, STAGE_NAMES, STAGE_STATUSES, type StageName } from '../domain/stage.ts';
import { CHECK_RESULTS } from '../domain/verification.ts';
import { diagnosisShape } from './diagnosis.ts';
import { fixShape } from './fix.ts';

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
  /** What the Medic makes of it. */
  diagnosis: diagnosisShape.optional(),
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
  /** The release that was live before it; null when there was none. */
  previousRelease: z.number().int().nullable(),
  /** The release that is ready to take the traffic back at once, until then; null when none is. */
  warm: z.strictObject({ release: z.number().int(), until: z.string() }).nullable(),
  /** Stages of the newest execution. */
  stages: z.array(stageShape),
  verification: z.array(checkShape),
  failure: failureShape.optional(),
  /** What was proposed and tried in the newest execution, in order; one that is PROPOSED and asked waits for an answer. */
  fixes: z.array(fixShape),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type DeploymentView = z.infer<typeof deploymentShape>;

/** The emergency stop. */
export const freezeShape = z.strictObject({ reason: z.string(), actor: z.string(), at: z.string() });

/** Beside what is asked for: present while everything is frozen. */
const freeze = freezeShape.optional();

export const deploymentDocument = z.strictObject({ deployment: deploymentShape, freeze });
export const deploymentListDocument = z.strictObject({ deployments: z.array(deploymentShape), freeze });

export const errorShape = z.strictObject({ code: z.enum(errorCodes), message: z.string(), hint: z.string() });
export const errorDocument = z.strictObject({ error: errorShape });
