import { expect, test } from '@jest/globals';
import { tending } from '../../../../apps/api/tending.ts';
import { HiveMindError } from '../../../../src/domain/errors.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

test('goes on round after round past what fails, and ends with the round that runs', async () => {
  const errors: string[] = [];
  const failure = new HiveMindError('StackFailed', 'one', { hint: 'h' });
  let rounds = 0;
  let running = 0;
  const tend = async () => {
    rounds += 1;
    running += 1;
    await new Promise(setImmediate);
    running -= 1;
    if (rounds === 1) throw new Error('all');
    return { failures: [{ deploymentId: 'shop-1', error: failure }] };
  };
  const { start, stop } = tending({
    tend,
    everySeconds: 0.001,
    logError: ({ code }) => void errors.push(code),
  });
  start();
  await waitFor(() => rounds > 3);
  await stop();
  const ended = rounds;
  expect(running).toBe(0);
  expect(errors.slice(0, 2)).toEqual(['InternalError', 'StackFailed']);
  start();
  await new Promise(setImmediate);
  expect(rounds).toBe(ended);
});
