import * as z from 'zod';
import { taskEvent } from '../../src/stages/task-event.ts';

export const janitorEvent = taskEvent.extend({
  action: z.enum([
    'give-back',
    'clean-up',
    'retire',
    'undo',
    'plan-removal',
    'snapshot',
    'remove-compute',
    'remove-monitoring',
    'remove-database',
    'remove-load-balancer',
    'remove-network',
    'prove-removal',
  ]),
});
