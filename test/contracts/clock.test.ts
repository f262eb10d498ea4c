import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { clockContract } from './clock.contract.ts';

describe('system clock', () => {
  clockContract(systemClock);

  test('sleeps and wakes by itself', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
  });
});

describe('still clock', () => {
  clockContract(stillClock());

  test('moves when told to', () => {
    const clock = stillClock();
    clock.advance(90);
    expect(clock.now()).toBe('2026-01-01T00:01:30.000Z');
  });
});
