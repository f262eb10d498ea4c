import * as z from 'zod';
import { ENVIRONMENT_STAGES, NETWORK_SCOPES, TARGETS } from '../domain/deployment.ts';
import { EVENT_TYPES } from '../domain/events.ts';
import { EXECUTION_STATUSES, WORKFLOWS } from '../domain/execution.ts';
import { LOG_SOURCES } from '../domain/log-line.ts';
import { CHECK_RESULTS } from '../domain/verification.ts';
import { failureShape } from './deployment.ts';
import { planShape } from './plan.ts';

const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable');

/** The kernel ends a value at a NUL character. */
const environmentValue = z
  .string()
  .max(65_536)
  .regex(/^[^\0]*$/, 'holds a NUL character');

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
  environment: z.record(environmentName, environmentValue).default({}),
  /** Port the service is reached on. */
  port: z.number().int().min(1).max(65_535).optional(),
  /** AWS: whether it shares a network with the other deployments of its stage. */
  network: z.enum(NETWORK_SCOPES).optional(),
  /** AWS: of the HTTPS listener; without one it is plain HTTP. */
  certificateArn: certificateArn.optional(),
  /** AWS: traces of the application. */
  xray: z.boolean().optional(),
  startTimeoutSeconds: z.number().int().min(1).max(300).default(60),
  whatIf: z.boolean().default(false),
});
export type DeployRequest = z.input<typeof deployRequest>;

/** `DELETE /v1/deployments/:name` */
export const destroyRequest = z.strictObject({
  confirm: z.string(),
  snapshot: z.boolean().default(true),
});
export type DestroyRequest = z.input<typeof destroyRequest>;

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
