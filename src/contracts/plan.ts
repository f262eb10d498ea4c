import * as z from 'zod';
import { type Command, PACKAGE_MANAGERS, type Plan, RUNTIMES } from '../domain/plan.ts';

const evidenceShape = z.strictObject({
  file: z.string(),
  line: z.number().int().optional(),
  note: z.string(),
});

const fact = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, confidence: z.number().min(0).max(1), evidence: z.array(evidenceShape) });

export const commandShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('argv'), argv: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal('shell'), line: z.string().min(1) }),
  z.strictObject({ kind: z.literal('serve'), directory: z.string(), fallback: z.string().nullable() }),
]) satisfies z.ZodType<Command>;

export const processShape = z.strictObject({
  name: z.string(),
  command: commandShape,
  exposed: z.boolean(),
  port: z.number().int().min(1).max(65_535).optional(),
});

export const planShape = z.strictObject({
  version: z.literal(1),
  root: fact(z.string()),
  runtime: fact(z.enum(RUNTIMES)),
  runtimeVersion: fact(z.string().nullable()),
  framework: fact(z.string().nullable()),
  packageManager: fact(z.enum(PACKAGE_MANAGERS).nullable()),
  packageManagerVersion: fact(z.string().nullable()),
  install: fact(commandShape.nullable()),
  build: fact(commandShape.nullable()),
  processes: fact(z.array(processShape).min(1)),
  migrations: fact(commandShape.nullable()),
  healthCheckPath: fact(z.string()),
  database: fact(z.enum(['postgres']).nullable()),
  services: fact(z.array(z.string())),
  environment: fact(
    z.array(z.strictObject({ name: z.string(), required: z.boolean(), secret: z.boolean() })),
  ),
  webSocket: fact(z.boolean()),
}) satisfies z.ZodType<Plan>;
