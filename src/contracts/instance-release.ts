import * as z from 'zod';
import { COLORS } from '../domain/deployment.ts';
import type { InstanceRelease } from '../domain/instance-release.ts';
import { jsonOrUndefined } from '../domain/json.ts';
import { RUNTIMES } from '../domain/plan.ts';
import { processShape } from './plan.ts';

export const instanceReleaseShape = z.strictObject({
  color: z.enum(COLORS),
  number: z.number().int().min(0),
  commit: z.string().min(1),
  artifact: z.string().min(1),
  root: z.string().min(1),
  runtime: z.enum(RUNTIMES),
  processes: z.array(processShape.extend({ count: z.number().int().min(1) })).min(1),
  environmentSecret: z.string().nullable(),
  databaseSecret: z.string().nullable(),
  /** Absent when there are none, so that instances of before there were any understand what they are told. */
  variables: z.record(z.string(), z.string()).optional(),
  traces: z.boolean(),
}) satisfies z.ZodType<InstanceRelease>;

/** The release that a compute stack with these parameters runs. @throws {z.ZodError} they are none of a compute stack */
export const instanceReleaseOf = (parameters: Readonly<Record<string, string>>): InstanceRelease =>
  instanceReleaseShape.parse({
    color: parameters['color'],
    number: Number(parameters['release']),
    commit: parameters['commit'],
    artifact: parameters['artifact'],
    root: parameters['root'],
    runtime: parameters['runtime'],
    processes: jsonOrUndefined(parameters['processes'] ?? ''),
    environmentSecret: parameters['environmentSecret'] || null,
    databaseSecret: parameters['databaseSecret'] || null,
    ...(parameters['variables'] && { variables: jsonOrUndefined(parameters['variables']) }),
    traces: parameters['xray'] === 'true',
  });
