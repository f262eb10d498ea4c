/**
 * Many seeded lives on the emulator, a few at a time: `FAULT_AWS_RUNS=200 node test/aws/faults-nightly.ts`. The emulator looks through all
 * that an account has ever had, so that the lives of one run become slower and slower; and what a seed that failed has left is in
 * the way of those of the same run alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';

/** Twenty in each of the two accounts of a run. */
const LIVES_OF_A_RUN = 40;

const count = z.coerce.number().int().positive();
const runs = count.parse(process.env['FAULT_AWS_RUNS'] ?? 200);
const first = count.parse(process.env['FAULT_AWS_FIRST'] ?? 1);
// One seed is replayed without this program.
const { FAULT_AWS_SEED: _, ...environment } = process.env;

async function holds(from: number, lives: number): Promise<boolean> {
  console.log(`seeds ${from} to ${from + lives - 1}`);
  const run = spawn('npm', ['run', '--silent', 'test:faults:aws'], {
    stdio: 'inherit',
    env: { ...environment, FAULT_AWS_FIRST: String(from), FAULT_AWS_RUNS: String(lives) },
  });
  const [code] = (await once(run, 'close')) as [number | null];
  return code === 0;
}

const failed: number[] = [];
for (let from = first; from < first + runs; from += LIVES_OF_A_RUN) {
  const lives = Math.min(LIVES_OF_A_RUN, first + runs - from);
  if (!(await holds(from, lives))) failed.push(from);
}
if (failed.length > 0) {
  console.error(`some lives failed in the runs that began with the seeds ${failed.join(', ')}: see above`);
  process.exitCode = 1;
}
