import * as z from 'zod';
import type { Push } from '../domain/push.ts';

/** A push as the history keeps it. */
export const pushRecord = z.strictObject({
  eventId: z.string(),
  at: z.string(),
  repository: z.string(),
  branch: z.string(),
  defaultBranch: z.string().optional(),
  commit: z.string(),
  pusher: z.string(),
}) satisfies z.ZodType<Push>;
