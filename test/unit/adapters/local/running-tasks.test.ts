import { describe, expect, test } from '@jest/globals';
import { RunningTasks } from '../../../../src/adapters/local/workflow/running-tasks.ts';
import type { TaskState } from '../../../../src/adapters/local/workflow/state-machine.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import type { Agent } from '../../../../src/stages/stage-context.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const build: TaskState = {
  name: 'Build',
  agent: 'compiler',
  timeoutSeconds: 60,
  isStart: false,
  isQuestion: false,
};
const task: TaskState = { ...build, timeoutSeconds: 0.05 };
const analyse: TaskState = { ...build, name: 'Analyse', agent: 'recon', isStart: true };
const diagnose: TaskState = { ...build, name: 'Diagnose', agent: 'medic' };
const cancelled = new HiveMindError('Cancelled', 'the operator cancelled', { hint: 'start again' });

const finishes = async () => ({ finished: true });
const untilAborted: Agent = (_, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('running tasks', () => {
  test('abort work whose time is up', async () => {
    const overdue = new RunningTasks().run(
      task,
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
      {},
    );
    await expect(overdue).rejects.toThrow('late');
  });

  test('leave work alone that goes on after the answer', async () => {
    const tasks = new RunningTasks();
    const kept: AbortSignal[] = [];
    await tasks.run(
      task,
      async (_, { signal }) => {
        kept.push(signal);
        return { finished: false };
      },
      {},
    );
    const answeredAt = performance.now();
    await waitFor(() => performance.now() - answeredAt > 2 * task.timeoutSeconds * 1000);
    expect(kept[0]?.aborted).toBe(false);
    await tasks.abort(cancelled);
    expect(kept[0]?.aborted).toBe(true);
  });

  test('refuse work beside a failure, and take it up again when the workflow begins again', async () => {
    const tasks = new RunningTasks();
    const beside = tasks.run(build, untilAborted, {});
    await Promise.all([
      expect(beside).rejects.toMatchObject({ code: 'Cancelled' }),
      tasks.run(diagnose, finishes, {}),
    ]);
    await expect(tasks.run(build, finishes, {})).rejects.toMatchObject({ code: 'Cancelled' });
    await tasks.run(analyse, finishes, {});
    expect(await tasks.run(build, finishes, {})).toEqual({ finished: true });
  });

  test('end work beside a failure in a second round as in the first', async () => {
    const tasks = new RunningTasks();
    for (const _round of [1, 2]) {
      await tasks.run(analyse, finishes, {});
      const beside = tasks.run(build, untilAborted, {});
      await Promise.all([
        expect(beside).rejects.toMatchObject({ code: 'Cancelled' }),
        tasks.run(diagnose, finishes, {}),
      ]);
    }
  });

  test('begin nothing again that was cancelled while it was mended', async () => {
    const tasks = new RunningTasks();
    await tasks.run(diagnose, finishes, {});
    await tasks.abort(cancelled);
    await expect(tasks.run(analyse, finishes, {})).rejects.toBe(cancelled);
    expect(await tasks.run(diagnose, finishes, {})).toEqual({ finished: true });
  });

  test('begin nothing, not even a recovery, once they are left', async () => {
    const tasks = new RunningTasks();
    const reason = Symbol('the server stops');
    await tasks.leave(reason);
    await expect(tasks.run(analyse, finishes, {})).rejects.toBe(reason);
    await expect(tasks.run(diagnose, finishes, {})).rejects.toBe(reason);
    await expect(tasks.wait(async () => undefined)).rejects.toBe(reason);
  });

  test('are left only when what waits has ended', async () => {
    const tasks = new RunningTasks();
    await tasks.run(diagnose, finishes, {});
    const reason = Symbol('the server stops');
    const waits = tasks.wait(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await Promise.all([expect(waits).rejects.toBe(reason), tasks.leave(reason)]);
  });
});
