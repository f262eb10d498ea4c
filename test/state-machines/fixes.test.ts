import { describe, expect, test } from '@jest/globals';
import { WORKFLOWS, type WorkflowName } from '../../src/domain/execution.ts';
import { runScripted, type Script, type ScriptedCall } from './scripted-workflow.ts';
import { EXECUTIONS } from './workflow-executions.ts';
import {
  breaksWith,
  CLEANING_UP,
  DEPLOY_TASKS,
  DESTROY_TASKS,
  diagnosed,
  GIVING_UP,
  RETIRE_TASKS,
  ROLLBACK_TASKS,
  UPDATE_TASKS,
  UPGRADE_TASKS,
} from './workflow-tasks.ts';

const TASKS: Readonly<Record<WorkflowName, readonly string[]>> = {
  deploy: DEPLOY_TASKS,
  update: UPDATE_TASKS,
  upgrade: UPGRADE_TASKS,
  rollback: ROLLBACK_TASKS,
  retire: RETIRE_TASKS,
  destroy: DESTROY_TASKS,
};

const broken = breaksWith('StartFailed');
const applies = { 'medic diagnose': () => diagnosed('apply') };
const asks = (approved: boolean): Script => ({
  'medic diagnose': () => diagnosed('ask'),
  'medic ask': ({ answer }) => answer(approved),
});
const stays = { 'medic give-up': () => ({ finished: true, leaveInPlace: true }) };

/** Fails as often as that, and goes well from then on. */
function breaks(times: number): () => undefined {
  let calls = 0;
  return () => {
    calls += 1;
    return calls <= times ? broken() : undefined;
  };
}

describe.each(WORKFLOWS)('a fix in the %s workflow', (workflow) => {
  const execution = EXECUTIONS[workflow];
  const tasks = TASKS[workflow];
  const [first = ''] = tasks;
  const last = tasks.at(-1) ?? '';
  const removes = workflow === 'retire' || workflow === 'destroy';
  /** How it ends when nothing helps. */
  const cleanUp = removes ? [] : ['janitor clean-up'];
  const run = (script: Script) => runScripted(execution, script);
  const timesCalled = (calls: readonly string[], task: string) =>
    calls.filter((call) => call === task).length;
  const afterFailure = (calls: readonly string[]) => calls.slice(calls.indexOf('medic diagnose'));

  test.each(tasks)('is applied when %s failed, and the work begins again', async (task) => {
    const { status, calls, states } = await run({ ...applies, [task]: breaks(1) });
    expect(status).toBe('SUCCEEDED');
    expect(afterFailure(calls).slice(0, 3)).toEqual(['medic diagnose', 'medic apply', first]);
    expect(timesCalled(calls, task)).toBe(2);
    expect(states).toEqual(expect.arrayContaining(['What helps?', 'Apply fix', 'Pause']));
    expect(states).not.toContain('Ask operator');
  });

  test('is asked about, and applied when the operator agrees', async () => {
    const { status, calls, states } = await run({ ...asks(true), [last]: breaks(1) });
    expect(status).toBe('SUCCEEDED');
    expect(afterFailure(calls).slice(0, 4)).toEqual(['medic diagnose', 'medic ask', 'medic apply', first]);
    const way = ['What helps?', 'Ask operator', 'Agreed?', 'Apply fix', 'Pause'];
    expect(states.slice(states.indexOf('What helps?')).slice(0, way.length)).toEqual(way);
  });

  test('is not applied when the operator declines: everything stays', async () => {
    const { status, calls, states } = await run({ ...asks(false), ...stays, [last]: broken });
    expect(status).toBe('FAILED');
    expect(afterFailure(calls)).toEqual(['medic diagnose', 'medic ask', 'medic give-up']);
    expect(states.at(-1)).toBe('Failed');
  });

  test('is not applied when the operator declines: all is cleaned up where nothing is to stay', async () => {
    const { calls } = await run({ ...asks(false), [last]: broken });
    expect(afterFailure(calls)).toEqual(['medic diagnose', 'medic ask', 'medic give-up', ...cleanUp]);
  });

  test('is given up when nobody answers in time', async () => {
    const { status, calls, states } = await run({
      'medic diagnose': () => diagnosed('ask', 0.05),
      ...stays,
      [last]: broken,
    });
    expect(status).toBe('FAILED');
    expect(afterFailure(calls)).toEqual(['medic diagnose', 'medic ask', 'medic give-up']);
    expect(states).not.toContain('Agreed?');
  });

  test.each([
    ['the question cannot be put', { ...asks(true), 'medic ask': broken }, ['medic ask']],
    ['it cannot be applied', { ...applies, 'medic apply': broken }, ['medic apply']],
  ])('is given up when %s', async (_, script, before) => {
    const { status, calls } = await run({ ...script, [last]: broken });
    expect(status).toBe('FAILED');
    expect(afterFailure(calls)).toEqual(['medic diagnose', ...before, 'medic give-up', ...cleanUp]);
  });

  test('is not looked for when the diagnosis fails', async () => {
    const { status, calls } = await run({ 'medic diagnose': broken, [last]: broken });
    expect(status).toBe('FAILED');
    expect(afterFailure(calls)).toEqual(['medic diagnose', ...cleanUp]);
  });

  test('is cleaned up after when not even giving up goes well', async () => {
    const { status, calls } = await run({ 'medic give-up': broken, [last]: broken });
    expect(status).toBe('FAILED');
    expect(afterFailure(calls)).toEqual(removes ? GIVING_UP : CLEANING_UP);
  });

  test('is one of several: a round begins after each of them', async () => {
    const ways = [diagnosed('apply'), diagnosed('ask'), diagnosed('apply')];
    let round = 0;
    const { status, calls } = await run({
      [last]: breaks(ways.length),
      'medic ask': ({ answer }) => answer(true),
      'medic diagnose': () => {
        round += 1;
        return ways[round - 1];
      },
    });
    expect(status).toBe('SUCCEEDED');
    expect(timesCalled(calls, first)).toBe(ways.length + 1);
    const medic = calls.filter((call) => call.startsWith('medic'));
    const [applied, asked] = [
      ['medic diagnose', 'medic apply'],
      ['medic diagnose', 'medic ask', 'medic apply'],
    ];
    expect(medic).toEqual([...applied, ...asked, ...applied]);
  });

  test('is not the last word: after the last round it is given up', async () => {
    let round = 0;
    const { status, calls } = await run({
      [last]: broken,
      'medic diagnose': () => {
        round += 1;
        return diagnosed(round <= 3 ? 'apply' : 'give-up');
      },
    });
    expect(status).toBe('FAILED');
    expect(timesCalled(calls, 'medic apply')).toBe(3);
    expect(calls.slice(-2 - cleanUp.length)).toEqual(removes ? GIVING_UP : CLEANING_UP);
  });
});

describe('work beside a failure', () => {
  const untilAborted = ({ signal }: ScriptedCall, onAbort: () => void) =>
    new Promise<undefined>((_, reject) =>
      signal.addEventListener('abort', () => {
        onAbort();
        reject(signal.reason);
      }),
    );

  test('is ended before the diagnosis in every round', async () => {
    let ended = 0;
    let failures = 0;
    const { status } = await runScripted(EXECUTIONS.deploy, {
      compiler: breaks(2),
      'provisioner deploy network': (call) =>
        failures === 2
          ? undefined
          : untilAborted(call, () => {
              ended += 1;
            }),
      'medic diagnose': () => {
        failures += 1;
        expect(ended).toBe(failures);
        return diagnosed('apply');
      },
    });
    expect([status, ended, failures]).toEqual(['SUCCEEDED', 2, 2]);
  });

  test.each([
    ['waits to look again', () => ({ finished: false })],
    ['waits to try again', breaksWith('Throttled')],
  ])('that %s does not go on beside the next round', async (_, stalls) => {
    let rounds = 1;
    const { status, calls } = await runScripted(EXECUTIONS.deploy, {
      compiler: breaks(1),
      'provisioner deploy network': () => (rounds === 1 ? stalls() : undefined),
      'medic diagnose': () => {
        rounds += 1;
        return diagnosed('apply');
      },
    });
    expect(status).toBe('SUCCEEDED');
    const inSecondRound = calls.slice(calls.indexOf('medic apply'));
    const twice = inSecondRound.filter((call, index) => inSecondRound.indexOf(call) !== index);
    expect(twice).toEqual([]);
  });
});
