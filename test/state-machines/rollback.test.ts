import { describe, expect, test } from '@jest/globals';
import { runScripted } from './scripted-workflow.ts';
import { swapWorkflow } from './swaps.ts';
import { EXECUTIONS } from './workflow-executions.ts';
import { analysed, breaksWith, CLEANING_UP, ROLLBACK_TASKS } from './workflow-tasks.ts';

const execution = EXECUTIONS.rollback;

describe('rollback workflow', () => {
  swapWorkflow({ execution, tasks: ROLLBACK_TASKS, end: 'Rolled back', analysis: 'compiler restore' });

  test('builds nothing and migrates nothing', async () => {
    const { calls } = await runScripted(execution, {});
    expect(calls.filter((call) => ['recon', 'compiler', 'deployer migrate'].includes(call))).toEqual([]);
  });

  const toNothing = { 'compiler restore': () => analysed({ toNothing: true, exposed: false }) };

  test('to nothing removes until everything is gone', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      ...toNothing,
      'janitor undo': () => {
        calls += 1;
        return { finished: calls === 2 };
      },
    });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).toEqual(['compiler restore', 'janitor undo', 'janitor undo']);
    expect(run.states.at(-1)).toBe('Undone');
  });

  test('to nothing diagnoses what could not be removed', async () => {
    const run = await runScripted(execution, { ...toNothing, 'janitor undo': breaksWith('ResourcesLeft') });
    expect(run.status).toBe('FAILED');
    expect(run.calls.slice(-3)).toEqual(CLEANING_UP);
  });
});
