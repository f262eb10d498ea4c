import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

/** `error` is what a Catch of Step Functions passes on. */
const diagnoseEvent = taskEvent.extend({
  action: z.literal('diagnose'),
  error: z.object({ Error: z.string(), Cause: z.unknown() }),
});
const askEvent = taskEvent.extend({ action: z.literal('ask'), taskToken: z.string().min(1) });

export const medicEvent = z.discriminatedUnion('action', [
  diagnoseEvent,
  askEvent,
  taskEvent.extend({ action: z.literal('apply') }),
  taskEvent.extend({ action: z.literal('give-up') }),
]);
export type CaughtError = z.infer<typeof diagnoseEvent>['error'];
