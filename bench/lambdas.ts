/**
 * Measures what a cold start of each function has to read: bytes of its bundle, and how long a fresh Node takes to import it:
 * `npm run bench:lambdas`. The rounds go over all functions in turn, so that other work on the machine weighs on all alike; what
 * counts is the median.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { makeBundles } from '../lib/control-plane/bundles.ts';
import { environmentName, FACTS } from '../lib/control-plane/facts.ts';
import { FUNCTION_NAMES, type FunctionName } from '../lib/control-plane/functions.ts';
import { median, printSection, row, type Section, verdict } from './measure.ts';

const ROUNDS = 7;
/** Limits of the product for a function without a model. */
const MOST_MEGABYTES = 1.5;
const MOST_MILLISECONDS = 150;

const run = promisify(execFile);

/** What Lambda gives a function: the import must not fail for want of it. */
const environment = {
  PATH: process.env['PATH'],
  AWS_REGION: 'eu-west-1',
  AWS_LAMBDA_FUNCTION_NAME: 'hivemind-bench',
  POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
  POWERTOOLS_DEV: 'false',
  ...Object.fromEntries(FACTS.map((fact) => [environmentName(fact), 'bench'])),
};

const bundles = await makeBundles();
try {
  const section = await measure();
  printSection(section);
  process.exitCode = section.holds ? 0 : 1;
} finally {
  await bundles.remove();
}

async function measure(): Promise<Section> {
  const times = new Map<FunctionName, number[]>(FUNCTION_NAMES.map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.error(`round ${round} of ${ROUNDS}`);
    for (const name of FUNCTION_NAMES) times.get(name)?.push(await importMilliseconds(name));
  }
  const results = await Promise.all(
    FUNCTION_NAMES.map(async (name) => ({
      name,
      megabytes: (await stat(fileOf(name))).size / 1_000_000,
      milliseconds: median(times.get(name) ?? []),
    })),
  );
  const small = results.every(({ megabytes }) => megabytes <= MOST_MEGABYTES);
  const quick = results.every(({ milliseconds }) => milliseconds <= MOST_MILLISECONDS);
  return {
    title: `Functions: bundle, and its import in a fresh process (median of ${ROUNDS})`,
    lines: [
      row('', 'MB', 'import ms'),
      ...results.map(({ name, megabytes, milliseconds }) =>
        row(name, megabytes.toFixed(2), milliseconds.toFixed(0)),
      ),
      verdict(`at most ${MOST_MEGABYTES} MB`, small),
      verdict(`at most ${MOST_MILLISECONDS} ms`, quick),
    ],
    holds: small && quick,
  };
}

function fileOf(name: FunctionName): string {
  return join(bundles.folderOf(name), 'index.mjs');
}

/** Of the import alone: Node itself is there when Lambda begins to count. */
async function importMilliseconds(name: FunctionName): Promise<number> {
  const program = `
    const start = performance.now();
    const { handler } = await import(${JSON.stringify(pathToFileURL(fileOf(name)).href)});
    if (typeof handler !== 'function') throw new Error('no handler');
    process.stdout.write(String(performance.now() - start), () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: environment,
  });
  return Number(stdout);
}
