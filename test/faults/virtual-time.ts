import { jest } from '@jest/globals';

/** Turns of the event loop without a call of a port, after which only a timer can bring anything about. */
const IDLE_TURNS = 4;
/** Beyond every timeout of a workflow: whoever waits longer waits for ever. */
const LONGEST_MILLISECONDS = 2 * 3_600_000;

/** A workflow that does not end. */
export class Endless extends Error {}

let calls = 0;
/** Says that something happens: time stands still while it does. */
export const happening = (): void => {
  calls += 1;
};

/** Timers and dates are fake; `setImmediate` stays, so that files are read and branches take turns. */
export const useVirtualTime = (): void => {
  jest.useFakeTimers({
    doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'],
    now: Date.parse('2026-01-01T00:00:00.000Z'),
  });
};

/** Files are read in real time, which the clock of the test must not run ahead of. */
const isReading = (): boolean => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Lets time pass until `condition` holds: from one timer to the next, whenever nothing else can happen.
 * @param act what people do then, before time goes on; returns whether they did something
 */
export async function letTimePass(
  condition: () => boolean,
  act: () => Promise<boolean> = async () => false,
): Promise<void> {
  const deadline = Date.now() + LONGEST_MILLISECONDS;
  for (;;) {
    for (
      let idle = 0, seen = calls;
      idle < IDLE_TURNS;
      idle = seen === calls && !isReading() ? idle + 1 : 0
    ) {
      seen = calls;
      await turn();
      if (condition()) return;
    }
    if (await act()) continue;
    if (Date.now() > deadline || jest.getTimerCount() === 0) throw new Endless();
    jest.advanceTimersToNextTimer();
  }
}
