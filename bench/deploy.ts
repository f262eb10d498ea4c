/**
 * Measures a deploy against the same work by hand: `npm run bench:deploy`. By hand means clone, `npm ci`, start, first answer
 * with status 200; the deploy counts from the command to the first 200 through the load balancer, with a running server, and runs
 * one process like the work by hand (`--stage-1`). Both
 * have a warm npm cache of their own and alternate, and what counts is the median of the ratios of neighbouring rounds.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../test/fixtures/free-port.ts';
import { median, printSection, row, type Section, verdict } from './measure.ts';

const PAIRS = 5;
/** Limits of the product. */
const MOST_RATIO = 1.25;
const MOST_AGAIN_SECONDS = 2;
const MOST_STATUS_SECONDS = 0.35;
const FIRST_ANSWER_PATIENCE_MILLISECONDS = 120_000;

const run = promisify(execFile);
const HIVEMIND = fileURLToPath(new URL('../bin/hivemind', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'hivemind-bench-'));
const environment = {
  ...process.env,
  HIVEMIND_HOME: join(folder, 'home'),
  npm_config_cache: join(folder, 'npm-cache'),
};
const hivemind = (...args: readonly string[]) => run(HIVEMIND, args, { env: environment });

try {
  const repository = await makeRepository();
  const sections = [await measureFirstAnswer(repository), await measureAgain(repository)];
  for (const section of sections) printSection(section);
  process.exitCode = sections.every(({ holds }) => holds) ? 0 : 1;
} finally {
  await hivemind('serve', '--stop');
  await rm(folder, { recursive: true, force: true });
}

/** An Express application with a lock file in a git repository: about seventy packages. */
async function makeRepository(): Promise<string> {
  const repository = join(folder, 'repository');
  const manifest = {
    name: 'bench-app',
    version: '1.0.0',
    private: true,
    scripts: { start: 'node server.js' },
    dependencies: { express: '5.1.0' },
  };
  const server = [
    "const express = require('express');",
    'const app = express();',
    "app.get('/', (request, response) => response.send('hello'));",
    'app.listen(process.env.PORT);',
  ];
  await run('git', ['init', '--quiet', '--initial-branch=main', repository]);
  await writeFile(join(repository, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(join(repository, 'server.js'), server.join('\n'));
  await run('npm', ['install', '--package-lock-only', '--no-audit'], { cwd: repository, env: environment });
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: repository });
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'bench');
  return repository;
}

async function measureFirstAnswer(repository: string): Promise<Section> {
  await byHand(repository, 'warm-up');
  await byDeploy(repository, 'warm-up');
  const hand: number[] = [];
  const deploy: number[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    console.error(`pair ${pair} of ${PAIRS}`);
    deploy.push(await byDeploy(repository, `bench-${pair}`));
    hand.push(await byHand(repository, `hand-${pair}`));
  }
  const ratio = median(deploy.map((seconds, index) => seconds / (hand[index] ?? Number.NaN)));
  return {
    title: `Command to first 200, medians of ${PAIRS} pairs, server running`,
    lines: [
      row('by hand (clone, npm ci, start)', `${median(hand).toFixed(2)} s`),
      row('hivemind deploy', `${median(deploy).toFixed(2)} s`),
      row('ratio', ratio.toFixed(2)),
      verdict(`at most ${MOST_RATIO} of the work by hand`, ratio <= MOST_RATIO),
    ],
    holds: ratio <= MOST_RATIO,
  };
}

async function byHand(repository: string, name: string): Promise<number> {
  const directory = join(folder, name);
  const port = await freePort();
  const startedAt = performance.now();
  await run('git', ['clone', '--quiet', repository, directory]);
  await run('npm', ['ci'], { cwd: directory, env: environment });
  const app = spawn(process.execPath, ['server.js'], {
    cwd: directory,
    env: { ...environment, PORT: String(port), NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  const seconds = await secondsToFirstAnswer(port, startedAt);
  app.kill();
  await once(app, 'exit');
  return seconds;
}

async function byDeploy(repository: string, name: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const done = hivemind('deploy', repository, '--name', name, '--port', String(port), '--stage-1', '--json');
  const seconds = await secondsToFirstAnswer(port, startedAt);
  await done;
  return seconds;
}

async function secondsToFirstAnswer(port: number, startedAt: number): Promise<number> {
  while (performance.now() - startedAt < FIRST_ANSWER_PATIENCE_MILLISECONDS) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return (performance.now() - startedAt) / 1000;
    await sleep(5);
  }
  throw new Error(`no answer with status 200 on port ${port}`);
}

async function measureAgain(repository: string): Promise<Section> {
  const again: number[] = [];
  const status: number[] = [];
  for (let round = 0; round < PAIRS; round += 1) {
    again.push(
      await secondsOf(() => hivemind('deploy', repository, '--name', 'bench-1', '--stage-1', '--json')),
    );
    status.push(await secondsOf(() => hivemind('status', 'bench-1', '--json')));
  }
  const holds = median(again) <= MOST_AGAIN_SECONDS && median(status) <= MOST_STATUS_SECONDS;
  return {
    title: `Wall time of the whole command, medians of ${PAIRS}`,
    lines: [
      row('deploy of the same commit again', `${median(again).toFixed(2)} s`),
      row('status', `${median(status).toFixed(2)} s`),
      verdict(`deploy again at most ${MOST_AGAIN_SECONDS} s`, median(again) <= MOST_AGAIN_SECONDS),
      verdict(`status at most ${MOST_STATUS_SECONDS} s`, median(status) <= MOST_STATUS_SECONDS),
    ],
    holds,
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
