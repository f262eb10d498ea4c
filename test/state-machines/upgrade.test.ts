import { describe } from '@jest/globals';
import { swapWorkflow } from './swaps.ts';
import { EXECUTIONS } from './workflow-executions.ts';
import { UPGRADE_TASKS } from './workflow-tasks.ts';

describe('upgrade workflow', () => {
  swapWorkflow({
    execution: EXECUTIONS.upgrade,
    tasks: UPGRADE_TASKS,
    end: 'Upgraded',
    analysis: 'compiler restore',
  });
});
