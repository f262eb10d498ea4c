import { describe, expect, test } from '@jest/globals';
import { HiveMindError } from '../../src/domain/errors.ts';
import { anExecution } from '../contracts/deployment-store.contract.ts';
import { runScripted } from './scripted-workflow.ts';
import {
  analysed,
  BESIDE_EACH_OTHER,
  breaksWith,
  CLEANING_UP,
  DEPLOY_TASKS,
  DONE_AT_ONCE,
  diagnosed,
} from './workflow-tasks.ts';

const execution = anExecution();
const broken = breaksWith('BuildFailed');

describe('deploy workflow', () => {
  test('calls every agent in order', async () => {
    const run = await runScripted(execution, {});
    expect(run.status).toBe('SUCCEEDED');
    const inOrder = (calls: readonly string[]) => calls.filter((call) => !BESIDE_EACH_OTHER.includes(call));
    expect(inOrder(run.calls)).toEqual([...inOrder(DEPLOY_TASKS), 'ops report']);
    expect(run.calls).toContain('compiler');
    expect(run.states.at(-1)).toBe('Deployed');
  });

  test('builds beside the infrastructure', async () => {
    const network = Promise.withResolvers<{ finished: true }>();
    const run = await runScripted(execution, {
      compiler: async () => {
        network.resolve({ finished: true });
        return { finished: true };
      },
      'provisioner deploy network': () => network.promise,
    });
    expect(run.status).toBe('SUCCEEDED');
  });

  test('leaves out what a worker needs not', async () => {
    const { calls } = await runScripted(execution, {
      recon: () => analysed({ exposed: false, database: false }),
    });
    expect(calls).not.toContain('provisioner deploy load-balancer');
    expect(calls).not.toContain('provisioner deploy database');
    expect(calls).toContain('provisioner deploy compute');
  });

  test('stops after the preview of a what-if', async () => {
    const run = await runScripted(execution, {
      recon: () => analysed({ whatIf: true }),
    });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).toEqual(['recon', 'provisioner preview', 'sheriff assess']);
  });

  test.each(DEPLOY_TASKS.filter((task) => !DONE_AT_ONCE.includes(task)))(
    'calls %s again until it is finished',
    async (task) => {
      let calls = 0;
      const run = await runScripted(execution, {
        [task]: () => {
          calls += 1;
          return { finished: calls === 3 };
        },
      });
      expect(run.status).toBe('SUCCEEDED');
      expect(calls).toBe(3);
    },
  );

  test('goes on cleaning up until it is finished', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      qa: broken,
      'janitor clean-up': () => {
        calls += 1;
        return { finished: calls === 2 };
      },
    });
    expect(run.status).toBe('FAILED');
    expect(calls).toBe(2);
  });

  test('tries a transient failure again', async () => {
    let calls = 0;
    const run = await runScripted(execution, {
      'provisioner deploy database': () => {
        calls += 1;
        if (calls === 1) throw new HiveMindError('DatabaseUnavailable', 'not yet', { hint: 'wait' });
        return { finished: true };
      },
    });
    expect(run.status).toBe('SUCCEEDED');
    expect(calls).toBe(2);
  });

  test.each(DEPLOY_TASKS)('diagnoses and cleans up after %s', async (task) => {
    const run = await runScripted(execution, { [task]: broken });
    expect(run.status).toBe('FAILED');
    expect(run.calls.slice(-3)).toEqual(CLEANING_UP);
    expect(run.states).toContain('Diagnose');
    expect(run.states.at(-1)).toBe('Failed');
  });

  test('stays deployed when only the report fails', async () => {
    const run = await runScripted(execution, { 'ops report': broken });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.calls).not.toContain('medic diagnose');
  });

  test.each(['provisioner preview', 'sheriff assess'])('diagnoses a what-if after %s', async (task) => {
    const run = await runScripted(execution, {
      recon: () => analysed({ whatIf: true }),
      [task]: broken,
    });
    expect(run.status).toBe('FAILED');
    expect(run.calls.slice(-3)).toEqual(CLEANING_UP);
  });

  test('ends the work beside a failure before it diagnoses', async () => {
    let stopped = false;
    const run = await runScripted(execution, {
      compiler: broken,
      'provisioner deploy network': ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(signal.reason);
          }),
        ),
      'medic diagnose': () => {
        expect(stopped).toBe(true);
        return diagnosed('give-up');
      },
    });
    expect(run.status).toBe('FAILED');
    expect(stopped).toBe(true);
  });

  test.each(['medic diagnose', 'medic give-up', 'janitor clean-up'])(
    'fails all the same when %s fails',
    async (task) => {
      const run = await runScripted(execution, { qa: broken, [task]: broken });
      expect(run.status).toBe('FAILED');
      expect(run.calls).toContain('janitor clean-up');
      expect(run.states.at(-1)).toBe('Failed');
    },
  );

  test('begins no task beside the clean-up', async () => {
    const run = await runScripted(execution, {
      'provisioner deploy network': broken,
      compiler: () => ({ finished: false }),
      'janitor clean-up': async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { finished: true };
      },
    });
    expect(run.calls.slice(run.calls.indexOf('medic diagnose'))).toEqual(CLEANING_UP);
  });
});
