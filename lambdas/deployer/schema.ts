import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

export const deployerEvent = taskEvent.extend({ action: z.enum(['migrate', 'release', 'complete']) });
