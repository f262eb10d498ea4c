import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { WORKFLOWS } from '../../src/domain/execution.ts';
import { STRUCK } from './mortal-platform.ts';
import { randomFrom } from './random.ts';
import { play } from './scenario.ts';
import { tasksOf } from './tasks.ts';
import { useVirtualTime } from './virtual-time.ts';

/** One seed again: `FAULT_SEED=123 npm run test:faults:local`. Many: `npm run test:faults:nightly`. */
const replayed = process.env['FAULT_SEED'];
const runs = Number(process.env['FAULT_RUNS'] ?? 60);
const first = Number(process.env['FAULT_FIRST'] ?? 1);
const seeds = replayed ? [Number(replayed)] : Array.from({ length: runs }, (_, index) => first + index);

// Loaded before time stands still, so that every run takes the same turns.
beforeAll(async () => void (await import('aws-local-stepfunctions')));
beforeEach(() => useVirtualTime());
afterEach(() => {
  jest.clearAllTimers();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Enough for every task to be hit. */
const ENOUGH = 60;
afterAll(async () => {
  if (seeds.length < ENOUGH || first !== 1) return;
  const all = await Promise.all(WORKFLOWS.map(tasksOf));
  expect(all.flat().filter((task) => !STRUCK.has(task))).toEqual([]);
});

describe('a deployment to which orders are given while things go wrong', () => {
  test.each(seeds)('is what its record says after each of them: seed %i', async (seed) => {
    // The interpreter spreads its retries by chance: here by the seed.
    jest.spyOn(Math, 'random').mockImplementation(randomFrom(seed + 0.5).next);
    const { told, problems } = await play(seed);
    if (replayed || process.env['FAULT_TOLD']) console.info(told.join('\n'));
    if (problems.length === 0) return;
    const replay = `replay it: FAULT_SEED=${seed} npm run test:faults:local`;
    throw new Error([...problems, 'after', ...told, replay].join('\n'));
  });
});
