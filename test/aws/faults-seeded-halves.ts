import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { openSeededAccount, type SeededAccount } from './faults-seeded-account.ts';
import { live } from './faults-seeded-life.ts';
import { allFocuses, planOf } from './faults-seeded-plan.ts';

/** One seed again: `FAULT_AWS_SEED=123 npm run test:faults:aws`. Many: `npm run test:faults:nightly`, in several runs. */
const replayed = process.env['FAULT_AWS_SEED'];
const runs = Number(process.env['FAULT_AWS_RUNS'] ?? 8);
const first = Number(process.env['FAULT_AWS_FIRST'] ?? 1);
const seeds = replayed ? [Number(replayed)] : Array.from({ length: runs }, (_, index) => first + index);

const MINUTES = 60_000;

/**
 * The lives of every second seed, in an account of their own: while a life waits for the emulator, that of the other half has its turn.
 * @param half remainder of a seed by two
 */
export function liveSeeds(half: 0 | 1): void {
  const own = seeds.filter((seed) => seed % 2 === half);
  describe('a deployment on AWS to which orders are given while things go wrong', () => {
    if (own.length === 0) return test('has no seed in this half', () => undefined);
    let account: SeededAccount;
    beforeAll(async () => {
      account = await openSeededAccount();
    }, 2 * MINUTES);
    afterAll(async () => {
      jest.restoreAllMocks();
      await account.close();
    });
    test.each(own)(
      'is what its record says after each of them: seed %i',
      (seed) => expectLife(account, seed),
      // A life takes some seconds; one that went on after its limit would be struck by the faults of the next one.
      10 * MINUTES,
    );
  });
}

async function expectLife(account: SeededAccount, seed: number): Promise<void> {
  const { told, problems } = await live(account, planOf(seed, await allFocuses()));
  if (replayed || process.env['FAULT_TOLD']) console.info(told.join('\n'));
  if (problems.length === 0) return;
  const replay = `replay it: FAULT_AWS_SEED=${seed} npm run test:faults:aws`;
  throw new Error([...problems, 'after', ...told, replay].join('\n'));
}
