import * as z from 'zod';
import { BLUEPRINTS } from '../../src/domain/stack.ts';
import { taskEvent } from '../../src/stages/task-event.ts';

export const provisionerEvent = z.discriminatedUnion('action', [
  taskEvent.extend({ action: z.literal('deploy'), blueprint: z.enum(BLUEPRINTS) }),
  taskEvent.extend({ action: z.literal('preview') }),
  taskEvent.extend({ action: z.literal('promote') }),
]);
