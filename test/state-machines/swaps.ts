import { expect, test } from '@jest/globals';
import type { Execution } from '../../src/domain/execution.ts';
import { runScripted } from './scripted-workflow.ts';
import { analysed, BESIDE_EACH_OTHER, breaksWith, CLEANING_UP, DONE_AT_ONCE } from './workflow-tasks.ts';

export interface SwapUnderTest {
  readonly execution: Execution;
  /** Of an application that has everything, in order. */
  readonly tasks: readonly string[];
  /** Where it ends when all goes well. */
  readonly end: string;
  /** The task that tells what the application has. */
  readonly analysis: 'recon' | 'compiler restore';
}

const inOrder = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => !BESIDE_EACH_OTHER.includes(call));

/** What every workflow keeps to that takes the traffic from a live release to another. */
export function swapWorkflow({ execution, tasks, end, analysis }: SwapUnderTest): void {
  const broken = breaksWith('ReleaseRejected');

  test('calls every agent in order', async () => {
    const run = await runScripted(execution, {});
    expect(run.status).toBe('SUCCEEDED');
    expect(inOrder(run.calls)).toEqual([...inOrder(tasks), 'ops report']);
    expect(run.calls.toSorted()).toEqual([...tasks, 'ops report'].toSorted());
    expect(run.states.at(-1)).toBe(end);
  });

  test('leaves out what a worker needs not', async () => {
    const { calls } = await runScripted(execution, {
      [analysis]: () => analysed({ exposed: false, database: false }),
    });
    const needless = ['provisioner deploy load-balancer', 'provisioner deploy database'];
    expect(calls.filter((call) => needless.includes(call))).toEqual([]);
    expect(calls).toContain('provisioner deploy compute');
  });

  test.each(tasks.filter((task) => !DONE_AT_ONCE.includes(task)))(
    'calls %s again until it is finished',
    async (task) => {
      let calls = 0;
      const run = await runScripted(execution, {
        [task]: () => {
          calls += 1;
          return { ...analysed(), finished: calls === 3 };
        },
      });
      expect(run.status).toBe('SUCCEEDED');
      expect(calls).toBe(3);
    },
  );

  test.each(tasks)('diagnoses and cleans up after %s', async (task) => {
    const run = await runScripted(execution, { [task]: broken });
    expect(run.status).toBe('FAILED');
    expect(run.calls.slice(-3)).toEqual(CLEANING_UP);
    expect(run.states.at(-1)).toBe('Failed');
  });

  test.each(tasks.slice(tasks.indexOf('deployer shift')))(
    'gives all traffic back before it asks why %s failed, and asks all the same when that fails',
    async (task) => {
      for (const script of [{}, { 'janitor give-back': broken }]) {
        const run = await runScripted(execution, { ...script, [task]: broken });
        expect(run.calls.slice(-4)).toEqual(['janitor give-back', ...CLEANING_UP]);
      }
    },
  );

  test('goes on cleaning up until the traffic is back', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      'deployer shift': broken,
      'janitor clean-up': () => {
        calls += 1;
        return { finished: calls === 2 };
      },
    });
    expect(run.status).toBe('FAILED');
    expect(calls).toBe(2);
  });

  test.each(['medic diagnose', 'medic give-up', 'janitor clean-up'])(
    'fails all the same when %s fails',
    async (task) => {
      const run = await runScripted(execution, { 'deployer shift': broken, [task]: broken });
      expect(run.status).toBe('FAILED');
      expect(run.calls).toContain('janitor clean-up');
      expect(run.states.at(-1)).toBe('Failed');
    },
  );

  test('has gone well when only the report fails', async () => {
    const run = await runScripted(execution, { 'ops report': broken });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).not.toContain('medic diagnose');
  });
}
