/**
 * Measures what a cold start of each function has to read: bytes of its bundle, and how long a fresh Node takes to import it:
 * `npm run bench:lambdas`. The first call of a function also reads what it loads with `import()`; the last column has all of that,
 * which no single call needs. The rounds go over all functions in turn, so that other work on the machine weighs on all alike;
 * what counts is the median.
 */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { makeBundles } from '../lib/control-plane/bundles.ts';
import { environmentName, FACTS } from '../lib/control-plane/facts.ts';
import { asksModel, FUNCTION_NAMES, type FunctionName } from '../lib/control-plane/functions.ts';
import { median, printSection, row, type Section, verdict } from './measure.ts';

const ROUNDS = 7;
/** Limits of the product for a function, and with what asks a model. */
const MOST = { megabytes: 1.5, milliseconds: 150 };
const MOST_WITH_MODEL = { megabytes: 3, milliseconds: 400 };

const run = promisify(execFile);

/** What Lambda gives a function: the import must not fail for want of it, and does what it does there. */
const environment = {
  PATH: process.env['PATH'],
  AWS_REGION: 'eu-west-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'hivemind-bench',
  LAMBDA_TASK_ROOT: '/var/task',
  POWERTOOLS_METRICS_NAMESPACE: 'HiveMind',
  POWERTOOLS_DEV: 'false',
  ...Object.fromEntries(FACTS.map((fact) => [environmentName(fact), 'bench'])),
  HIVEMIND_MODELS: '{"HIVEMIND_MODEL":"global.anthropic.claude-sonnet-5-5"}',
};

interface Start {
  /** Of the handler, which is all that Lambda does before the first call. */
  readonly importMilliseconds: number;
  /** And of every other file of the bundle. */
  readonly wholeMilliseconds: number;
}

interface Result extends Start {
  readonly name: FunctionName;
  readonly megabytes: number;
}

const bundles = await makeBundles();
try {
  const section = await measure();
  printSection(section);
  process.exitCode = section.holds ? 0 : 1;
} finally {
  await bundles.remove();
}

async function measure(): Promise<Section> {
  const starts = new Map<FunctionName, Start[]>(FUNCTION_NAMES.map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.error(`round ${round} of ${ROUNDS}`);
    for (const name of FUNCTION_NAMES) starts.get(name)?.push(await startOf(name));
  }
  const results = await Promise.all(
    FUNCTION_NAMES.map(async (name) => ({ name, ...(await resultOf(name, starts.get(name) ?? [])) })),
  );
  const verdicts = verdictsOn(results);
  return {
    title: `Functions: bundle, and its import in a fresh process (median of ${ROUNDS})`,
    lines: [
      row('', 'MB', 'import ms', 'whole ms'),
      ...results.map(({ name, megabytes, importMilliseconds, wholeMilliseconds }) =>
        row(name, megabytes.toFixed(2), importMilliseconds.toFixed(0), wholeMilliseconds.toFixed(0)),
      ),
      ...verdicts.map(({ limit, holds }) => verdict(limit, holds)),
    ],
    holds: verdicts.every(({ holds }) => holds),
  };
}

function verdictsOn(
  results: readonly Result[],
): readonly { readonly limit: string; readonly holds: boolean }[] {
  const withModel = results.filter(({ name }) => asksModel(name));
  const without = results.filter(({ name }) => !asksModel(name));
  return [
    {
      limit: `at most ${MOST.megabytes} MB, or ${MOST_WITH_MODEL.megabytes} MB with a model`,
      holds:
        without.every(({ megabytes }) => megabytes <= MOST.megabytes) &&
        withModel.every(({ megabytes }) => megabytes <= MOST_WITH_MODEL.megabytes),
    },
    {
      limit: `import within ${MOST.milliseconds} ms, or ${MOST_WITH_MODEL.milliseconds} ms with a model`,
      holds:
        without.every(({ importMilliseconds }) => importMilliseconds <= MOST.milliseconds) &&
        withModel.every(({ importMilliseconds }) => importMilliseconds <= MOST_WITH_MODEL.milliseconds),
    },
    {
      limit: `the whole within ${MOST_WITH_MODEL.milliseconds} ms`,
      holds: results.every(({ wholeMilliseconds }) => wholeMilliseconds <= MOST_WITH_MODEL.milliseconds),
    },
  ];
}

async function resultOf(name: FunctionName, starts: readonly Start[]): Promise<Omit<Result, 'name'>> {
  const sizes = await Promise.all((await filesOf(name)).map(async (file) => (await stat(file)).size));
  return {
    megabytes: sizes.reduce((sum, size) => sum + size, 0) / 1_000_000,
    importMilliseconds: median(starts.map(({ importMilliseconds }) => importMilliseconds)),
    wholeMilliseconds: median(starts.map(({ wholeMilliseconds }) => wholeMilliseconds)),
  };
}

async function filesOf(name: FunctionName): Promise<readonly string[]> {
  const folder = bundles.folderOf(name);
  return (await readdir(folder)).map((file) => join(folder, file));
}

/** Of the import alone: Node itself is there when Lambda begins to count. */
async function startOf(name: FunctionName): Promise<Start> {
  const urls = (await filesOf(name)).map((file) => pathToFileURL(file).href);
  const handler = urls.find((url) => url.endsWith('/index.mjs'));
  const program = `
    const start = performance.now();
    const { handler } = await import(${JSON.stringify(handler)});
    if (typeof handler !== 'function') throw new Error('no handler');
    const imported = performance.now();
    await Promise.all(${JSON.stringify(urls)}.map((url) => import(url)));
    process.stdout.write([imported - start, performance.now() - start].join(' '), () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: environment,
  });
  const [importMilliseconds = Number.NaN, wholeMilliseconds = Number.NaN] = stdout.split(' ').map(Number);
  return { importMilliseconds, wholeMilliseconds };
}
