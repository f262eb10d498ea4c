import { expect, test } from '@jest/globals';
import type { Clock } from '../../src/ports/clock.ts';

/** What every Clock does. */
export function clockContract(clock: Clock): void {
  test('tells the time in UTC with milliseconds', () => {
    expect(clock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('ends a sleep when its signal aborts', async () => {
    const stop = new AbortController();
    const sleeping = clock.sleep(3_600_000, stop.signal);
    stop.abort();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(clock.sleep(3_600_000, stop.signal)).resolves.toBeUndefined();
  });
}
