import { setTimeout as sleep } from 'node:timers/promises';
import { row, type Section, verdict } from './measure.ts';
import { type Clients, type Tally, tallyOf } from './swap-clients.ts';
import type { CommandResult, Fault, HistoryEvent, SwapDeployment } from './swap-deployment.ts';
import type { Seen } from './swap-load.ts';

const MOST_SECONDS_BACK = 2;
/** Longer than that, so that one that is not back in time is seen. */
const AFTER_MILLISECONDS = 3_000;
/** Of a percentage that is measured with some hundred requests. */
const TOLERANCE_PERCENT = 1.5;
/** Long enough for a first step of 10 % to tell 20 ms from 40 ms. */
const SWAP = ['--steps', '10,50,100', '--bake', '5s'];
const AT_ONCE = ['--steps', '100', '--bake', '0s'];

interface Case {
  readonly fault: Fault;
  readonly title: string;
  /** Percent of the requests that may see it. */
  readonly mostPercent: number;
  /** @default in steps */
  readonly swap?: readonly string[];
}

const CASES: readonly Case[] = [
  { fault: 'exit', title: 'exits at boot', mostPercent: 0 },
  { fault: 'unhealthy', title: '500 on its health path', mostPercent: 0 },
  { fault: 'errors', title: '500 as soon as it has traffic', mostPercent: 10 },
  { fault: 'slow', title: 'twice as slow', mostPercent: 10 },
  { fault: 'late-errors', title: '500 after it got all traffic', mostPercent: 100 },
  { fault: 'unverified', title: 'at once, fails verification', mostPercent: 100, swap: AT_ONCE },
];

interface Outcome {
  readonly lines: readonly string[];
  readonly holds: boolean;
}

/** Releases that are not well: who sees them, and how fast the one before has all traffic again. */
export async function measureFaults(clients: Clients, deployment: SwapDeployment): Promise<Section> {
  const outcomes: Outcome[] = [];
  for (const each of CASES) outcomes.push(await measureFault(clients, deployment, each));
  return {
    title: 'Releases that fail, 10 %, 50 %, 100 % of 5 s each',
    lines: [
      row('', 'saw it', 'of', 'share', 'found ms', 'back ms', 'seconds'),
      ...outcomes.flatMap(({ lines }) => lines),
    ],
    holds: outcomes.every(({ holds }) => holds),
  };
}

async function measureFault(clients: Clients, deployment: SwapDeployment, each: Case): Promise<Outcome> {
  const { fault, swap = SWAP } = each;
  const version = `bad-${fault}`;
  await clients.settled();
  await deployment.commit({ version, fault });
  const result = await deployment.change('update', '--keep-warm', '0s', ...swap);
  await sleep(AFTER_MILLISECONDS);
  const seen = (await clients.settled()).filter(({ kind }) => kind !== 'long');
  const failed = (await deployment.history()).find(({ type }) => type === 'stage.failed');
  console.error(`${each.title}: ${failed?.message ?? 'it was not found out'}`);
  const others = tallyOf(seen.filter((request) => request.version !== version));
  return outcomeOf(each, { result, failed, others, sight: sightOf(seen, version) });
}

interface Measured {
  readonly result: CommandResult;
  readonly failed: HistoryEvent | undefined;
  readonly sight: Sight;
  /** Of the requests that other releases answered, or none. */
  readonly others: Tally;
}

function outcomeOf({ title, mostPercent }: Case, { result, failed, sight, others }: Measured): Outcome {
  const back = backMilliseconds(sight, failed);
  const isBack = back < MOST_SECONDS_BACK * 1000;
  const isSmall = sight.percent <= mostPercent + (mostPercent > 0 ? TOLERANCE_PERCENT : 0);
  const holds = result.code === 1 && isBack && isSmall && others.failed + others.cut === 0;
  const times = [foundMilliseconds(sight, failed), back].map((time) =>
    sight.bad === 0 ? '-' : time.toFixed(0),
  );
  const counts = [String(sight.bad), String(sight.all), `${sight.percent.toFixed(1)} %`];
  const limit = `at most ${mostPercent} % saw it, back within ${MOST_SECONDS_BACK} s, nothing else failed`;
  return {
    holds,
    lines: [
      row(title, ...counts, ...times, result.seconds.toFixed(1)),
      `  ${failed?.message ?? 'it was not found out'}`,
      ...others.failures.slice(0, 5),
      verdict(limit, holds),
    ],
  };
}

/** From the first request that a release answered to the last. */
interface Sight {
  readonly bad: number;
  readonly all: number;
  readonly percent: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

function sightOf(seen: readonly Seen[], version: string): Sight {
  const times = seen.filter((request) => request.version === version).map(({ at }) => at);
  if (times.length === 0) return { bad: 0, all: seen.length, percent: 0, firstAt: 0, lastAt: 0 };
  const firstAt = Math.min(...times);
  const lastAt = Math.max(...times);
  const all = seen.filter(({ at }) => at >= firstAt && at <= lastAt).length;
  return { bad: times.length, all, percent: (times.length / all) * 100, firstAt, lastAt };
}

/** The verdict is the failed stage. Traffic that was taken back before it was said counts as nothing. */
const backMilliseconds = ({ bad, lastAt }: Sight, failed: HistoryEvent | undefined): number =>
  bad === 0 ? 0 : Math.max(0, lastAt - verdictAt(failed));

const foundMilliseconds = ({ firstAt }: Sight, failed: HistoryEvent | undefined): number =>
  verdictAt(failed) - firstAt;

const verdictAt = (failed: HistoryEvent | undefined): number => (failed ? Date.parse(failed.time) : 0);
