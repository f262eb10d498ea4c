import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

export const opsEvent = taskEvent.extend({ action: z.enum(['observe', 'report']) });
