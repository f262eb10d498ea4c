import { describe, expect, test } from '@jest/globals';
import {
  RESTART_TIMING,
  RestartPolicy,
} from '../../../../../src/adapters/local/supervisor/restart-policy.ts';
import fc from '../../../../fixtures/properties.ts';

/** Delays of a process that is always up for so long. */
function delays(upMilliseconds: readonly number[]): readonly (number | undefined)[] {
  const policy = new RestartPolicy(RESTART_TIMING);
  let now = 0;
  return upMilliseconds.map((up) => {
    const delay = policy.delayAfter(now, now + up);
    now += up + (delay ?? 0);
    return delay;
  });
}

describe('restart policy', () => {
  test('doubles the delay up to ten seconds', () => {
    expect(delays(Array.from({ length: 9 }, () => 6000))).toEqual([
      100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
    ]);
  });

  test('begins again after a healthy time', () => {
    expect(delays([6000, 6000, 30_000, 6000])).toEqual([100, 200, 100, 200]);
  });

  test('gives up after five failed starts', () => {
    expect(delays([0, 0, 4999, 0, 0])).toEqual([100, 200, 400, 800, undefined]);
  });

  test('counts only failed starts in a row', () => {
    expect(delays([0, 0, 0, 0, 5000, 0, 0, 0, 0]).every((delay) => delay !== undefined)).toBe(true);
  });

  test('counts only failed starts of the last minute', () => {
    const policy = new RestartPolicy(RESTART_TIMING);
    for (let start = 0; start < 10; start++) {
      expect(policy.delayAfter(start * 20_000, start * 20_000 + 10)).toBeDefined();
    }
  });

  test('never waits longer than ten seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60_000 }), { maxLength: 30 }), (ups) => {
        for (const delay of delays(ups)) if (delay !== undefined) expect(delay).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});
