import * as z from 'zod';
import { ENVIRONMENT_STAGES, NETWORK_SCOPES, TARGETS } from '../domain/deployment.ts';
import { EVENT_TYPES } from '../domain/events.ts';
import { EXECUTION_STATUSES, WORKFLOWS } from '../domain/execution.ts';
import { LOG_SOURCES } from '../domain/log-line.ts';
import { CHECK_RESULTS } from '../domain/verification.ts';
import { errorShape, failureShape, freezeShape } from './deployment.ts';
import { explanationShape } from './model-explanation.ts';
import { planShape } from './plan.ts';
import { environmentShape, mendingFields, planSettingsShape } from './setting-shapes.ts';

const certificateArn = z
  .string()
  .regex(/^arn:aws[\w-]*:(acm|iam):[\w-]*:\d{12}:[\w+=,.@/-]{1,200}$/, 'not the ARN of a certificate');

/** `POST /v1/deployments`. `source` is an absolute folder or a git URL with an optional `#ref`. */
export const deployRequest = z.strictObject({
  source: z.string().min(1).max(4096),
  name: z.string().max(300).optional(),
  description: z.string().max(4000).optional(),
  stage: z.enum(ENVIRONMENT_STAGES).default('production'),
  target: z.enum(TARGETS).default('local'),
  workingTree: z.boolean().default(false),
  environment: environmentShape.default({}),
  /** Port the service is reached on. */
  port: z.number().int().min(1).max(65_535).optional(),
  /** AWS: whether it shares a network with the other deployments of its stage. */
  network: z.enum(NETWORK_SCOPES).optional(),
  /** AWS: of the HTTPS listener; without one it is plain HTTP. */
  certificateArn: certificateArn.optional(),
  /** AWS: traces of the application. */
  xray: z.boolean().optional(),
  startTimeoutSeconds: z.number().int().min(1).max(300).default(60),
  /** Whether what a failure leaves is removed once nobody has answered for a day. */
  autoCleanup: z.boolean().optional(),
  plan: planSettingsShape.default({}),
  ...mendingFields,
  whatIf: z.boolean().default(false),
});
export type DeployRequest = z.input<typeof deployRequest>;

/** Percent of the traffic, step by step: whole, rising, the last one 100. */
const steps = z
  .array(z.number().int().min(1).max(100))
  .min(1)
  .max(10)
  .refine(
    (percents) =>
      percents.at(-1) === 100 && percents.every((percent, index) => percent > (percents[index - 1] ?? 0)),
    'the percents have to rise, and end with 100',
  );

const swapFields = {
  steps: steps.default([10, 50, 100]),
  /** How long each step has to do well; without one, what the platform can measure. */
  bakeSeconds: z.number().min(0).max(3_600).optional(),
  keepWarmSeconds: z.number().int().min(0).max(86_400).default(600),
};

/** `POST /v1/deployments/:name/update`. What is left out stays as it is. */
export const updateRequest = z.strictObject({
  /** Branch, tag or commit of the deployment's source. */
  ref: z.string().min(1).max(300).optional(),
  workingTree: z.boolean().optional(),
  description: z.string().max(4000).optional(),
  environment: environmentShape.default({}),
  startTimeoutSeconds: z.number().int().min(1).max(300).optional(),
  plan: planSettingsShape.default({}),
  reversibleMigrations: z.boolean().optional(),
  autoCleanup: z.boolean().optional(),
  ...mendingFields,
  rolling: z.boolean().default(false),
  ...swapFields,
});
export type UpdateRequest = z.input<typeof updateRequest>;

/** `POST /v1/deployments/:name/rollback` */
export const rollbackRequest = z.strictObject({
  /** @default the one before the live one */
  toRelease: z.number().int().min(1).optional(),
  despiteMigrations: z.boolean().default(false),
  keepWarmSeconds: swapFields.keepWarmSeconds,
});
export type RollbackRequest = z.input<typeof rollbackRequest>;

/** `POST /v1/deployments/:name/upgrade` */
export const upgradeRequest = z.strictObject(swapFields);
export type UpgradeRequest = z.input<typeof upgradeRequest>;

/** `DELETE /v1/deployments/:name` */
export const destroyRequest = z.strictObject({
  confirm: z.string(),
  snapshot: z.boolean().default(true),
});
export type DestroyRequest = z.input<typeof destroyRequest>;

/** `PUT /v1/freeze` */
export const freezeRequest = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, 'it is empty: say why, for everybody who meets the freeze')
    .max(500, 'it is longer than 500 characters'),
});
export type FreezeRequest = z.input<typeof freezeRequest>;

/** Answer to `GET /v1/freeze`, and to `PUT` with the number of executions that wait before their next change. */
export const freezeDocument = z.strictObject({
  freeze: freezeShape.nullable(),
  running: z.number().int(),
});

/** Answer to `DELETE /v1/freeze`. */
export const resumedDocument = z.strictObject({
  /** The freeze that has ended; null when none stood. */
  freeze: freezeShape.nullable(),
  /** How many executions go on. */
  running: z.number().int(),
  /** What became of the pushes that came meanwhile. */
  pushes: z.array(z.strictObject({ deploymentId: z.string(), decision: z.string() })),
  /** Why a push could not be seen to. */
  failures: z.array(errorShape),
});

/** Answer to whatever starts a workflow. `deploymentName` is absent for what-if. */
export const startedDocument = z.strictObject({
  executionId: z.string(),
  deploymentId: z.string(),
  deploymentName: z.string(),
});
export type Started = z.infer<typeof startedDocument>;

export const executionShape = z.strictObject({
  id: z.string(),
  deploymentId: z.string(),
  workflow: z.enum(WORKFLOWS),
  status: z.enum(EXECUTION_STATUSES),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  actor: z.string(),
  /** Why it FAILED or was CANCELLED. */
  failure: failureShape.optional(),
});
export type ExecutionView = z.infer<typeof executionShape>;
export const executionDocument = z.strictObject({ execution: executionShape });

export const eventShape = z.strictObject({
  sequence: z.number().int(),
  time: z.string(),
  deploymentId: z.string(),
  executionId: z.string().nullable(),
  actor: z.string(),
  type: z.enum(EVENT_TYPES),
  message: z.string(),
  data: z.record(z.string(), z.json()),
});
export type EventView = z.infer<typeof eventShape>;
export const historyDocument = z.strictObject({ events: z.array(eventShape) });

export const logLineShape = z.strictObject({
  time: z.string(),
  source: z.enum(LOG_SOURCES),
  name: z.string(),
  text: z.string(),
});
export const logsDocument = z.strictObject({ lines: z.array(logLineShape) });

export const findingShape = z.strictObject({
  control: z.string(),
  title: z.string(),
  result: z.enum(CHECK_RESULTS),
  evidence: z.string(),
  mend: z.string().nullable(),
  /** What a model says it means for this application. */
  explanation: explanationShape.nullable().optional(),
});

export const costShape = z.strictObject({
  monthlyUsd: z.number(),
  items: z.array(z.strictObject({ blueprint: z.string(), what: z.string(), monthlyUsd: z.number() })),
  note: z.string(),
});

/** What `deploy --what-if` found; nothing was created. */
export const previewShape = z.strictObject({
  name: z.string(),
  commit: z.string(),
  plan: planShape,
  confidence: z.number(),
  stacks: z.array(
    z.strictObject({
      name: z.string(),
      blueprint: z.string(),
      parameters: z.record(z.string(), z.string()),
      changes: z.array(
        z.strictObject({
          action: z.enum(['create', 'modify', 'replace', 'remove', 'none']),
          resource: z.string(),
          reason: z.string(),
        }),
      ),
    }),
  ),
  findings: z.array(findingShape),
  costs: costShape,
  warnings: z.array(z.string()),
});
export type PreviewView = z.infer<typeof previewShape>;
export const previewDocument = z.strictObject({ preview: previewShape });

export const metricsShape = z.strictObject({
  windowSeconds: z.number(),
  requests: z.number(),
  responses: z.strictObject({ '2xx': z.number(), '3xx': z.number(), '4xx': z.number(), '5xx': z.number() }),
  latencyMilliseconds: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number() }).nullable(),
  openConnections: z.number(),
  instances: z.array(
    z.strictObject({
      id: z.string(),
      state: z.string(),
      cpuPercent: z.number().nullable(),
      memoryBytes: z.number().nullable(),
      restarts: z.number(),
    }),
  ),
});
export const metricsDocument = z.strictObject({ metrics: metricsShape });
export const costsDocument = z.strictObject({ costs: costShape });
export const reportDocument = z.strictObject({ report: z.string() });
export const removedDocument = z.strictObject({
  removed: z.array(z.strictObject({ type: z.string(), id: z.string(), result: z.string() })),
  kept: z.array(z.strictObject({ type: z.string(), id: z.string() })),
});

/** `GET /health/live` and `GET /health/ready`; 503 when unhealthy. */
export const healthDocument = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  version: z.string(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['healthy', 'degraded', 'unhealthy']),
      detail: z.string(),
    }),
  ),
});

/** What a running server writes for its clients into `server.json`. */
export const serverFileShape = z.strictObject({
  pid: z.number().int(),
  url: z.string(),
  version: z.string(),
  startedAt: z.string(),
});
export type ServerFile = z.infer<typeof serverFileShape>;
