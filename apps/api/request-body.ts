import type { Context } from 'hono';
import * as z from 'zod';
import { HiveMindError } from '../../src/domain/errors.ts';

/** The JSON body of a request in its shape. @throws {HiveMindError} InvalidInput */
export async function parseBody<T>(context: Context, shape: z.ZodType<T>): Promise<T> {
  const body: unknown = await context.req.json().catch(() => undefined);
  return parseInput(body, shape);
}

/** @throws {HiveMindError} InvalidInput */
export function parseInput<T>(value: unknown, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HiveMindError('InvalidInput', `the request is not valid: ${z.prettifyError(parsed.error)}`, {
    hint: 'compare it with docs/api.md',
    cause: parsed.error,
  });
}
