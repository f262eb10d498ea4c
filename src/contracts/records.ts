import * as z from 'zod';
import {
  COLORS,
  DEPLOYMENT_STATUSES,
  type Deployment,
  ENVIRONMENT_STAGES,
  NETWORK_SCOPES,
  type Source,
  TARGETS,
} from '../domain/deployment.ts';
import { EXECUTION_STATUSES, type Execution } from '../domain/execution.ts';
import { FIX_POLICIES, type Fix } from '../domain/fix.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { PlanSetting } from '../domain/plan-settings.ts';
import type { Release } from '../domain/release.ts';
import { BLUEPRINTS, STACK_STATUSES, type Stack } from '../domain/stack.ts';
import { STAGE_STATUSES, type StageRun } from '../domain/stage.ts';
import { failureShape, freezeShape, stageShape } from './deployment.ts';
import { fixFields } from './fix.ts';

/** Shapes of what a store keeps: whatever is read back is parsed, so that a damaged record is an error and not a surprise. */
export const sourceRecord = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path: z.string(), workingTree: z.boolean() }),
  z.strictObject({ kind: z.literal('git'), url: z.string(), ref: z.string().optional() }),
]) satisfies z.ZodType<Source>;

export const resolvedSourceRecord = z.strictObject({
  repository: z.string(),
  commit: z.string(),
  tree: z.string(),
  subject: z.string(),
  warnings: z.array(z.string()),
});

export const deploymentRecord = z.strictObject({
  id: z.string(),
  name: z.string(),
  target: z.enum(TARGETS),
  stage: z.enum(ENVIRONMENT_STAGES),
  source: sourceRecord,
  status: z.enum(DEPLOYMENT_STATUSES),
  createdAt: z.string(),
  updatedAt: z.string(),
  liveColor: z.enum(COLORS).optional(),
  liveRelease: z.number().int().optional(),
  liveExecution: z.string().optional(),
  previousRelease: z.number().int().optional(),
  warm: z.strictObject({ color: z.enum(COLORS), release: z.number().int(), until: z.string() }).optional(),
  url: z.string().optional(),
  failure: failureShape.optional(),
}) satisfies z.ZodType<Deployment>;

const planSettings = z.strictObject({
  root: z.string().optional(),
  start: z.string().optional(),
  install: z.string().optional(),
  build: z.string().optional(),
  migrations: z.string().optional(),
  healthCheckPath: z.string().optional(),
  database: z.string().optional(),
  webSocket: z.string().optional(),
  runtimeVersion: z.string().optional(),
  port: z.string().optional(),
  buildMemory: z.string().optional(),
} satisfies Record<PlanSetting, z.ZodType>);

const settingsChange = z.strictObject({
  plan: planSettings.optional(),
  variables: z.record(z.string(), z.string()).optional(),
  startTimeoutSeconds: z.number().optional(),
});

const deploySettings = z.strictObject({
  target: z.enum(TARGETS).default('local'),
  source: sourceRecord,
  published: resolvedSourceRecord.optional(),
  stage: z.enum(ENVIRONMENT_STAGES),
  whatIf: z.boolean(),
  description: z.string().optional(),
  listenerPort: z.number().int().optional(),
  environmentSecret: z.string().optional(),
  environmentNames: z.array(z.string()),
  network: z.enum(NETWORK_SCOPES).optional(),
  certificateArn: z.string().optional(),
  xray: z.boolean().optional(),
  startTimeoutSeconds: z.number(),
  reversibleMigrations: z.boolean().optional(),
  autoCleanup: z.boolean().optional(),
  plan: planSettings.optional(),
  variables: z.record(z.string(), z.string()).optional(),
  fixes: z.enum(FIX_POLICIES).optional(),
  answerSeconds: z.number().optional(),
  networkStage: z.enum(ENVIRONMENT_STAGES).optional(),
});
const updateSettings = deploySettings.extend({
  swap: z.strictObject({
    steps: z.array(z.number().int()),
    bakeSeconds: z.number(),
    keepWarmSeconds: z.number(),
    rolling: z.boolean(),
  }),
});
const restoreSettings = updateSettings.extend({
  toRelease: z.number().int().nullable(),
  fromExecution: z.string(),
});
const retireSettings = z.strictObject({ color: z.enum(COLORS), reason: z.string() });
const destroySettings = z.strictObject({ snapshot: z.boolean() });

const executionFields = {
  id: z.string(),
  deploymentId: z.string(),
  deploymentName: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  actor: z.string(),
  cancelRequested: z.boolean(),
  failure: failureShape.optional(),
  resumedAt: z.string().optional(),
  unattended: z.literal(true).optional(),
  retries: z.number().int().optional(),
};
export const executionRecord = z.discriminatedUnion('workflow', [
  z.strictObject({ ...executionFields, workflow: z.literal('deploy'), settings: deploySettings }),
  z.strictObject({
    ...executionFields,
    workflow: z.literal('update'),
    settings: updateSettings,
  }),
  z.strictObject({
    ...executionFields,
    workflow: z.enum(['upgrade', 'rollback']),
    settings: restoreSettings,
  }),
  z.strictObject({ ...executionFields, workflow: z.literal('retire'), settings: retireSettings }),
  z.strictObject({ ...executionFields, workflow: z.literal('destroy'), settings: destroySettings }),
]) satisfies z.ZodType<Execution>;

export const freezeRecord = freezeShape satisfies z.ZodType<Freeze>;

const failureDetail = failureShape.pick({ code: true, message: true, hint: true, logTail: true });

const jsonObject = z.record(z.string(), z.json());

export const stageRunRecord = z.strictObject({
  executionId: z.string(),
  stage: stageShape.shape.name,
  status: z.enum(STAGE_STATUSES),
  reused: z.boolean(),
  digest: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  output: jsonObject.nullable(),
  summary: z.string().nullable(),
  failure: failureDetail.nullable(),
}) satisfies z.ZodType<StageRun>;

export const resultRecord = z.strictObject({ output: jsonObject, summary: z.string() });

export const releaseRecord = z.strictObject({
  deploymentId: z.string(),
  number: z.number().int(),
  commit: z.string(),
  artifact: z.string(),
  configuration: z.string(),
  createdAt: z.string(),
  executionId: z.string().optional(),
}) satisfies z.ZodType<Release>;

export const stackRecord = z.strictObject({
  name: z.string(),
  blueprint: z.enum(BLUEPRINTS),
  deploymentId: z.string(),
  status: z.enum(STACK_STATUSES),
  parameters: z.record(z.string(), z.string()),
  outputs: z.record(z.string(), z.string()),
  failure: failureDetail.nullable(),
}) satisfies z.ZodType<Stack>;

export const fixRecord = z.strictObject({
  ...fixFields,
  change: settingsChange,
  before: settingsChange,
  values: z
    .strictObject({ environmentSecret: z.string(), environmentNames: z.array(z.string()) })
    .nullable()
    .default(null),
  taskToken: z.string().nullable(),
}) satisfies z.ZodType<Fix>;
