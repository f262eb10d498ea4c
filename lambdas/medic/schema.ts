import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

/** `error` is what a Catch of Step Functions passes on. */
export const medicEvent = taskEvent.extend({
  error: z.object({ Error: z.string(), Cause: z.unknown() }),
});
