import { describe, expect, test } from '@jest/globals';
import { RunningTasks } from '../../../../src/adapters/local/workflow/running-tasks.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const task = { name: 'Build', agent: 'compiler', timeoutSeconds: 0.05, isStart: false } as const;

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
    await tasks.abort(new HiveMindError('Cancelled', 'the operator cancelled', { hint: 'start again' }));
    expect(kept[0]?.aborted).toBe(true);
  });
});
