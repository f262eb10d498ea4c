import { describe, expect, test } from '@jest/globals';
import { runScripted } from './scripted-workflow.ts';
import { EXECUTIONS } from './workflow-executions.ts';
import { breaksWith, GIVING_UP } from './workflow-tasks.ts';

const execution = EXECUTIONS.retire;
const broken = breaksWith('StackFailed');

describe('retire workflow', () => {
  test('drains and removes until the colour is gone', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      'janitor retire': () => {
        calls += 1;
        return { finished: calls === 2 };
      },
    });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).toEqual(['janitor retire', 'janitor retire']);
    expect(run.states.at(-1)).toBe('Retired');
  });

  test.each([
    ['nothing else', {}, GIVING_UP],
    ['the diagnosis', { 'medic diagnose': broken }, ['medic diagnose']],
    ['giving up', { 'medic give-up': broken }, GIVING_UP],
  ])(
    'cleans nothing up after a failure: what is live is untouched (%s fails too)',
    async (_, script, recovery) => {
      const run = await runScripted(execution, { 'janitor retire': broken, ...script });
      expect(run.status).toBe('FAILED');
      expect(run.calls).toEqual(['janitor retire', ...recovery]);
      expect(run.states.at(-1)).toBe('Failed');
    },
  );
});
