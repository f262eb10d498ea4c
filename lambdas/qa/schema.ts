import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

export { type Verified, verifiedOutput } from '../../src/stages/outputs.ts';

/** A candidate is looked at through the probe route, before it has traffic. */
export const qaEvent = taskEvent.extend({ subject: z.enum(['live', 'candidate']).default('live') });
export type SubjectKind = z.infer<typeof qaEvent>['subject'];
