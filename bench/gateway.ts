/**
 * Measures what the model gateway adds to a call of a model: `npm run bench:gateway`. A stand-in for Bedrock answers from a process of its
 * own; the same question goes through the gateway, through Strands alone and through the SDK alone, in turns, and what counts is the
 * median difference of neighbouring batches, as other work on the machine then weighs on all alike. `BENCH_CALLS` shortens the run that
 * watches the memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Memory } from './gateway-processes.ts';
import { type Ask, gatewaySubject, sdkSubject, strandsSubject } from './gateway-subject.ts';
import { median, printSection, row, type Section, verdict } from './measure.ts';

const WARM_UP_CALLS = 300;
const ROUNDS = 3_000;
const BATCHES = 15;
const MEMORY_CALLS = Number(process.env['BENCH_CALLS'] ?? 100_000);
/** Limits of the product, in milliseconds. */
const MOST_OVERHEAD = { p50: 3, p99: 10 };
const MOST_CACHE_HIT = 2;
/** Calls after which a process has all that it needs for more of them. */
const WARM_CALLS = 10_000;
/** What may come on top of that, in megabytes: pages of the ledger, and what the allocator keeps. */
const MOST_GROWTH = { heap: 8, rss: 64 };

const processes: ChildProcess[] = [];
const folder = await mkdtemp(join(tmpdir(), 'hivemind-bench-'));
try {
  const server = start([], 'server');
  const [url] = await once(server, 'message');
  const sections = await measureCalls(String(url));
  for (const section of sections) printSection(section);
  const memory = await measureMemory(String(url));
  printSection(memory);
  process.exitCode = [...sections, memory].every(({ holds }) => holds) ? 0 : 1;
} finally {
  for (const child of processes) child.kill();
  await rm(folder, { recursive: true, force: true });
}

async function measureCalls(url: string): Promise<readonly Section[]> {
  const gateway = gatewaySubject(url, join(folder, 'calls.db'));
  const strands = strandsSubject(url);
  const sdk = sdkSubject(url);
  try {
    const times = await inTurns([gateway.ask, strands.ask, sdk.ask]);
    const hits = await inTurns([() => gateway.ask(0)]);
    return [overheadSection(times), hitSection(hits[0] ?? [])];
  } finally {
    for (const subject of [gateway, strands, sdk]) await subject.close();
  }
}

/** Milliseconds of each, round by round; who begins changes from round to round. */
async function inTurns(subjects: readonly Ask[]): Promise<readonly number[][]> {
  const times: number[][] = subjects.map(() => []);
  for (let round = 0; round < WARM_UP_CALLS + ROUNDS; round += 1) {
    if (round % 1_000 === 0) console.error(`round ${round}`);
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const at = (round + turn) % subjects.length;
      const began = performance.now();
      await subjects[at]?.(round);
      if (round >= WARM_UP_CALLS) times[at]?.push(performance.now() - began);
    }
  }
  return times;
}

function overheadSection([gateway = [], strands = [], sdk = []]: readonly number[][]): Section {
  const over = (bare: readonly number[], share: number) =>
    median(
      batchesOf(gateway).map(
        (batch, at) => quantile(batch, share) - quantile(batchesOf(bare)[at] ?? [], share),
      ),
    );
  const figuresOver = (bare: readonly number[]) => [0.5, 0.99].map((share) => over(bare, share).toFixed(2));
  const p50 = over(strands, 0.5);
  const p99 = over(strands, 0.99);
  return {
    title: `A call, milliseconds in ${ROUNDS} rounds; of the differences the median of ${BATCHES} batches`,
    lines: [
      row('', 'p50', 'p99'),
      row('gateway', ...figures(gateway)),
      row('Strands alone', ...figures(strands)),
      row('SDK alone', ...figures(sdk)),
      row('gateway over Strands', ...figuresOver(strands)),
      row('gateway over the SDK', ...figuresOver(sdk)),
      verdict(`at most ${MOST_OVERHEAD.p50} ms more at p50`, p50 <= MOST_OVERHEAD.p50),
      verdict(`at most ${MOST_OVERHEAD.p99} ms more at p99`, p99 <= MOST_OVERHEAD.p99),
    ],
    holds: p50 <= MOST_OVERHEAD.p50 && p99 <= MOST_OVERHEAD.p99,
  };
}

function hitSection(times: readonly number[]): Section {
  const holds = quantile(times, 0.5) <= MOST_CACHE_HIT;
  return {
    title: 'An answer from the cache, milliseconds',
    lines: [
      row('', 'p50', 'p99'),
      row('gateway', ...figures(times)),
      verdict(`at most ${MOST_CACHE_HIT} ms`, holds),
    ],
    holds,
  };
}

async function measureMemory(url: string): Promise<Section> {
  const counts = new Set(
    [Math.min(WARM_CALLS, MEMORY_CALLS / 2), MEMORY_CALLS / 2, MEMORY_CALLS].map(Math.round),
  );
  const child = start(['--expose-gc'], 'calls', url, join(folder, 'memory.db'), ...[...counts].map(String));
  const seen: Memory[] = [];
  child.on('message', (memory) => {
    seen.push(memory as Memory);
    console.error(`${seen.at(-1)?.calls} calls`);
  });
  await once(child, 'exit');
  if (seen.length !== counts.size) throw new Error('the process that asks ended before its time');
  const [first, last] = [seen[0], seen.at(-1)];
  const growth = (of: 'heapMegabytes' | 'rssMegabytes') => (last?.[of] ?? Number.NaN) - (first?.[of] ?? 0);
  const heapHolds = growth('heapMegabytes') <= MOST_GROWTH.heap;
  const rssHolds = growth('rssMegabytes') <= MOST_GROWTH.rss;
  return {
    title: 'Memory of a process that asks 8 questions at a time, after collection',
    lines: [
      row('calls', 'heap MB', 'RSS MB', 'seconds'),
      ...seen.map(({ calls, heapMegabytes, rssMegabytes, seconds }) =>
        row(String(calls), heapMegabytes.toFixed(1), rssMegabytes.toFixed(1), seconds.toFixed(0)),
      ),
      verdict(`at most ${MOST_GROWTH.heap} MB more heap`, heapHolds),
      verdict(`at most ${MOST_GROWTH.rss} MB more RSS`, rssHolds),
    ],
    holds: heapHolds && rssHolds,
  };
}

function start(execArgv: readonly string[], role: string, ...args: readonly string[]): ChildProcess {
  const file = fileURLToPath(new URL('./gateway-processes.ts', import.meta.url));
  const child = fork(file, [role, ...args], { execArgv: [...execArgv] });
  processes.push(child);
  return child;
}

function batchesOf(times: readonly number[]): readonly (readonly number[])[] {
  const size = Math.ceil(times.length / BATCHES);
  return Array.from({ length: BATCHES }, (_, batch) => times.slice(batch * size, (batch + 1) * size));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function figures(times: readonly number[]): readonly string[] {
  return [quantile(times, 0.5), quantile(times, 0.99)].map((time) => time.toFixed(2));
}
