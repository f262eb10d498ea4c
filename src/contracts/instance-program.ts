import * as z from 'zod';
import { instanceReleaseShape } from './instance-release.ts';
import { commandShape } from './plan.ts';

/**
 * What is said to `hivemind-instance <verb> <payload>` on an instance, and what it prints: one JSON document, at most
 * `MAX_ANSWER_CHARACTERS` long, without any value of a secret. The payload is JSON in base64url; no payload is `{}`.
 */
export const INSTANCE_VERBS = [
  'start',
  'stop',
  'status',
  'install',
  'run',
  'logs',
  'ports',
  'inspect',
  'probe-database',
] as const;
export type InstanceVerb = (typeof INSTANCE_VERBS)[number];

/** Systems Manager keeps 24,000 characters of the output of a command; what is longer would not be JSON any more. */
export const MAX_ANSWER_CHARACTERS = 23_000;

const noPayload = z.strictObject({});

export const exitShape = z.strictObject({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** ISO 8601. */
  at: z.string(),
});

export const processStatusShape = z.strictObject({
  name: z.string(),
  exposed: z.boolean(),
  state: z.enum(['stopped', 'running', 'backing-off', 'failed']),
  /** Since the last start that was asked for. */
  restarts: z.number().int(),
  /** Null when it has not exited since it was last asked to start. */
  lastExit: exitShape.nullable(),
});
export type ProcessStatus = z.infer<typeof processStatusShape>;

/** The process types of the release; the first is the main one. `release` is absent while another one is put in its place. */
const statusAnswer = z.strictObject({
  processes: z.array(processStatusShape),
  release: z.number().int().optional(),
});

const installPayload = z.strictObject({
  release: instanceReleaseShape,
  /** Where the archive of the artifact is read from, if it is not there already; admits whoever has it for a while. */
  address: z.url(),
});

const installAnswer = z.strictObject({
  /** False while an earlier call is still at it: call again. */
  finished: z.boolean(),
});

const runPayload = z.strictObject({
  command: commandShape,
  timeoutSeconds: z.number().positive(),
  /** Two calls with the same token are one run. */
  token: z.string().min(1).max(500),
  /** How long to wait for the end before the answer is "not finished". */
  patienceSeconds: z.number().min(0).max(600).default(0),
});

const runAnswer = z.discriminatedUnion('finished', [
  z.strictObject({ finished: z.literal(false) }),
  z.strictObject({
    finished: z.literal(true),
    exitCode: z.number().int().nullable(),
    signal: z.string().nullable(),
    /** It was ended because it took longer than `timeoutSeconds`. */
    timedOut: z.boolean(),
    logTail: z.array(z.string()),
  }),
]);

const logsPayload = z.strictObject({
  lines: z.number().int().min(1).max(200),
  /** @default the first process that is not running, else the main process */
  process: z.string().optional(),
});

const observation = z.strictObject({
  secretFileModes: z.array(z.strictObject({ file: z.string(), mode: z.number().int() })),
  processArgumentsHoldSecret: z.boolean(),
  runsAsRoot: z.boolean(),
  environmentNames: z.strictObject({ present: z.array(z.string()), intended: z.array(z.string()) }),
});

const probeAnswer = z.discriminatedUnion('reached', [
  z.strictObject({ reached: z.literal(true), serverVersion: z.string(), milliseconds: z.number() }),
  z.strictObject({ reached: z.literal(false), reason: z.string(), milliseconds: z.number() }),
]);

export const INSTANCE_PROGRAM = {
  start: { payload: noPayload, answer: statusAnswer },
  stop: { payload: noPayload, answer: statusAnswer },
  status: { payload: noPayload, answer: statusAnswer },
  install: { payload: installPayload, answer: installAnswer },
  run: { payload: runPayload, answer: runAnswer },
  logs: { payload: logsPayload, answer: z.strictObject({ lines: z.array(z.string()) }) },
  ports: { payload: noPayload, answer: z.strictObject({ ports: z.array(z.number().int()) }) },
  /** Null when no process of the application runs. */
  inspect: { payload: noPayload, answer: z.strictObject({ observation: observation.nullable() }) },
  'probe-database': {
    payload: z.strictObject({ timeoutMilliseconds: z.number().positive() }),
    answer: probeAnswer,
  },
} as const satisfies Record<InstanceVerb, { readonly payload: z.ZodType; readonly answer: z.ZodType }>;

export type InstancePayload<Verb extends InstanceVerb> = z.input<(typeof INSTANCE_PROGRAM)[Verb]['payload']>;
export type ParsedInstancePayload<Verb extends InstanceVerb> = z.output<
  (typeof INSTANCE_PROGRAM)[Verb]['payload']
>;
export type InstanceAnswer<Verb extends InstanceVerb> = z.infer<(typeof INSTANCE_PROGRAM)[Verb]['answer']>;

/** Printed instead, with exit code 1, when the program itself cannot do what it was told. */
export const instanceErrorShape = z.strictObject({ error: z.string() });

export const encodeInstancePayload = <Verb extends InstanceVerb>(payload: InstancePayload<Verb>): string =>
  Buffer.from(JSON.stringify(payload)).toString('base64url');

/**
 * Namespace of the memory and disk metrics that instances send (`mem_used`, `mem_used_percent`, `disk_used_percent`), by AutoScalingGroupName
 * and by AutoScalingGroupName and InstanceId.
 */
export const INSTANCE_METRICS_NAMESPACE = 'HiveMind/Instances';
