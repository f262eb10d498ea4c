import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

export { builtOutput } from '../../src/stages/outputs.ts';

export const compilerEvent = taskEvent.extend({ action: z.enum(['build', 'restore']).default('build') });
