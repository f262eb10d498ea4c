/**
 * Measures the local load balancer against a bare `node:http` pipe proxy: `npm run bench:balancer`. Both run in processes of
 * their own before the same target. Rounds alternate, and what counts is the median of the ratios of neighbouring rounds, as
 * other work on the machine then weighs on both alike.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Round, RoundResult } from './balancer-processes.ts';
import { measureIdleServer } from './idle-server.ts';
import { median, printSection, row, type Section, verdict } from './measure.ts';

const PAIRS = 5;
const ROUND_SECONDS = 4;
const CONCURRENCY = 32;
/** Limits of the product, ours over the bare proxy's. */
const LEAST_THROUGHPUT = 0.8;
const MOST_P99 = 1.3;

const processes: ChildProcess[] = [];
try {
  const sections = [await measureForwarding(), await measureIdleServer()];
  for (const section of sections) printSection(section);
  process.exitCode = sections.every(({ holds }) => holds) ? 0 : 1;
} finally {
  for (const child of processes) child.kill();
}

async function measureForwarding(): Promise<Section> {
  const target = await start('target');
  const port = new URL(target.said).port;
  const [balancer, proxy, load] = [
    await start('balancer', port),
    await start('proxy', port),
    await start('load'),
  ];
  const run = (url: string, seconds: number) =>
    runRound(load.child, { url, seconds, concurrency: CONCURRENCY });
  for (const url of [balancer.said, proxy.said]) await run(url, 2);
  const ours: RoundResult[] = [];
  const bare: RoundResult[] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    console.error(`pair ${pair} of ${PAIRS}`);
    ours.push(await run(balancer.said, ROUND_SECONDS));
    bare.push(await run(proxy.said, ROUND_SECONDS));
  }
  return forwardingSection(ours, bare);
}

function forwardingSection(ours: readonly RoundResult[], bare: readonly RoundResult[]): Section {
  const ratio = (value: (result: RoundResult) => number) =>
    median(ours.map((result, index) => value(result) / value(bare[index] ?? result)));
  const throughput = ratio((result) => result.requestsPerSecond);
  const p99 = ratio((result) => result.p99);
  const failed = ours.reduce((sum, result) => sum + result.failed, 0);
  return {
    title: `Forwarding, ${CONCURRENCY} keep-alive connections, medians of ${PAIRS} pairs of ${ROUND_SECONDS} s`,
    lines: [
      row('', 'requests/s', 'p50 ms', 'p99 ms'),
      row('load balancer', ...numbersOf(ours)),
      row('bare node:http proxy', ...numbersOf(bare)),
      row('ratio', throughput.toFixed(2), ratio((result) => result.p50).toFixed(2), p99.toFixed(2)),
      verdict(`at least ${LEAST_THROUGHPUT} of its requests/s`, throughput >= LEAST_THROUGHPUT),
      verdict(`p99 at most ${MOST_P99} of its`, p99 <= MOST_P99),
      verdict(`no failed request (${failed})`, failed === 0),
    ],
    holds: throughput >= LEAST_THROUGHPUT && p99 <= MOST_P99 && failed === 0,
  };
}

function numbersOf(results: readonly RoundResult[]): readonly string[] {
  return [
    median(results.map((result) => result.requestsPerSecond)).toFixed(0),
    median(results.map((result) => result.p50)).toFixed(2),
    median(results.map((result) => result.p99)).toFixed(2),
  ];
}

async function start(
  role: string,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; said: string }> {
  const child = fork(fileURLToPath(new URL('./balancer-processes.ts', import.meta.url)), [role, ...args]);
  processes.push(child);
  return { child, said: String(await answerOf(child)) };
}

async function runRound(load: ChildProcess, round: Round): Promise<RoundResult> {
  load.send(round);
  return (await answerOf(load)) as RoundResult;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}
