import { describe, expect, test } from '@jest/globals';
import { aDestroyExecution } from '../contracts/deployment-store.contract.ts';
import { runScripted } from './scripted-workflow.ts';
import { breaksWith, DESTROY_TASKS, GIVING_UP } from './workflow-tasks.ts';

const execution = aDestroyExecution();

describe('destroy workflow', () => {
  test('saves the database between what uses it and it', async () => {
    const run = await runScripted(execution, {});
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).toEqual(DESTROY_TASKS);
  });

  test.each(DESTROY_TASKS)('stops and diagnoses after %s', async (task) => {
    const run = await runScripted(execution, { [task]: breaksWith('StackFailed') });
    expect(run.status).toBe('FAILED');
    expect(run.calls).toEqual([...DESTROY_TASKS.slice(0, DESTROY_TASKS.indexOf(task) + 1), ...GIVING_UP]);
  });
});
