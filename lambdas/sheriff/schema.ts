import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

/** `assess` looks at the repository alone; `harden` also at what is running. */
export const sheriffEvent = taskEvent.extend({ action: z.enum(['assess', 'harden']) });
