import * as z from 'zod';
import type { Roll } from '../domain/rolling.ts';

/** A roll as it is written down between two calls. */
export const rollShape = z.strictObject({
  to: z.number().int(),
  started: z.strictObject({ id: z.string(), since: z.string(), wellSince: z.string().nullable() }).nullable(),
}) satisfies z.ZodType<Roll>;
