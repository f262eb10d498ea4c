import * as z from 'zod';
import { HiveMindError } from '../domain/errors.ts';

/** Every task's event carries the execution; what else it carries is the agent's own schema. */
export const taskEvent = z.object({ executionId: z.string() });

/** @throws {HiveMindError} InvalidInput */
export function parseEvent<T>(shape: z.ZodType<T>, event: unknown): T {
  const parsed = shape.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new HiveMindError('InvalidInput', `the task's input is not valid: ${z.prettifyError(parsed.error)}`, {
    hint: 'start the workflow with the input that state-machines/README.md describes',
    cause: parsed.error,
  });
}
