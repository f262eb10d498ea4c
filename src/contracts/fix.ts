import * as z from 'zod';
import { FIX_STATUSES } from '../domain/fix.ts';
import { STAGE_NAMES, type StageName } from '../domain/stage.ts';
import { diagnosisShape } from './diagnosis.ts';

const stageNames = STAGE_NAMES as [StageName, ...StageName[]];

/** What of a proposed fix is kept and shown alike. */
export const fixFields = {
  id: z.string(),
  executionId: z.string(),
  deploymentId: z.string(),
  deploymentName: z.string(),
  /** Which attempt of the execution this is; from 1. */
  round: z.number().int(),
  /** The stage that failed; it has to pass for the fix to count. */
  stage: z.enum(stageNames).nullable(),
  ...diagnosisShape.pick({ cause: true, confidence: true, action: true, risk: true, parameters: true }).shape,
  /** What happened and why, in plain words. */
  explanation: z.string(),
  evidence: z.array(z.string()).readonly(),
  /** What is done, in the words of an operator. */
  does: z.string(),
  /** What it changes; null where there was, or will be, nothing. */
  shown: z
    .array(z.strictObject({ setting: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
    .readonly(),
  /** Environment variables whose values only the operator knows. */
  asks: z.array(z.string()).readonly(),
  pauseSeconds: z.number(),
  /** Over everything that the operator agrees to: an answer repeats it. */
  digest: z.string(),
  isAsked: z.boolean(),
  status: z.enum(FIX_STATUSES),
  proposedAt: z.string(),
  /** Until when an answer counts; null when nobody is asked. */
  expiresAt: z.string().nullable(),
  answer: z.strictObject({ by: z.string(), at: z.string(), approved: z.boolean() }).nullable(),
};

export const fixShape = z.strictObject(fixFields);
export type FixView = z.infer<typeof fixShape>;
/** `GET /v1/fixes/:id` and the answer to an answer. */
export const fixDocument = z.strictObject({ fix: fixShape });
/** `GET /v1/deployments/:name/fixes`: of its newest execution, in order of their rounds. `GET /v1/fixes`: all open questions. */
export const fixListDocument = z.strictObject({ fixes: z.array(fixShape) });
