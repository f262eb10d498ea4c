import { describe, expect, test } from '@jest/globals';
import { runScripted } from './scripted-workflow.ts';
import { swapWorkflow } from './swaps.ts';
import { EXECUTIONS } from './workflow-executions.ts';
import { analysed, breaksWith, CLEANING_UP, UPDATE_TASKS } from './workflow-tasks.ts';

const execution = EXECUTIONS.update;

describe('update workflow', () => {
  swapWorkflow({ execution, tasks: UPDATE_TASKS, end: 'Updated', analysis: 'recon' });

  const rolling = { recon: () => analysed({ rolling: true }) };

  test('replaces instances in place when it rolls, and shifts no traffic', async () => {
    const { status, calls } = await runScripted(execution, rolling);
    expect(status).toBe('SUCCEEDED');
    expect(calls.indexOf('deployer roll')).toBeLessThan(calls.indexOf('provisioner deploy compute'));
    const ofColours = ['deployer migrate', 'qa candidate', 'deployer shift'];
    expect(calls.filter((call) => ofColours.includes(call))).toEqual([]);
    expect(calls).toContain('qa');
  });

  test('rolls on until every instance is replaced', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      ...rolling,
      'deployer roll': () => {
        calls += 1;
        return { finished: calls === 3 };
      },
    });
    expect([run.status, calls]).toEqual(['SUCCEEDED', 3]);
  });

  test('diagnoses and cleans up after an instance that could not be replaced', async () => {
    const run = await runScripted(execution, { ...rolling, 'deployer roll': breaksWith('StartFailed') });
    expect(run.status).toBe('FAILED');
    expect(run.calls.slice(-4)).toEqual(['deployer roll', ...CLEANING_UP]);
  });
});
