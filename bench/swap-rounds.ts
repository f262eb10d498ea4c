import { setTimeout as sleep } from 'node:timers/promises';
import { row, type Section, verdict } from './measure.ts';
import { type Clients, type Streams, type Tally, tallyOf } from './swap-clients.ts';
import type { CommandResult } from './swap-deployment.ts';
import type { Seen } from './swap-load.ts';

/** One change of what answers, and how it is made. */
export interface Round {
  readonly name: string;
  readonly longStreams: boolean;
  readonly change: () => Promise<CommandResult>;
}

/** Shorter than the deregistration delay of 30 s: none of them may be cut. */
const SHORT_STREAMS: Streams = { seconds: 6, count: 2, longSeconds: 0 };
const LONG_STREAMS: Streams = { seconds: 20, count: 2, longSeconds: 25 };
const BEFORE_MILLISECONDS = 500;

interface Measured {
  readonly name: string;
  readonly result: CommandResult;
  readonly tally: Tally;
}

/** Makes one change after the other while the clients go on, and at least so many requests. */
export async function measureRounds(
  clients: Clients,
  title: string,
  rounds: readonly Round[],
  leastRequests: number,
): Promise<Section> {
  await clients.settled();
  const measured: Measured[] = [];
  const all: Seen[] = [];
  for (const { name, longStreams, change } of rounds) {
    clients.openStreams(longStreams ? LONG_STREAMS : SHORT_STREAMS);
    await sleep(BEFORE_MILLISECONDS);
    const result = await change();
    const { seen } = await clients.report();
    all.push(...seen);
    measured.push({ name, result, tally: tallyOf(seen) });
    console.error(lineOf(name, result, tallyOf(seen)));
    if (result.code !== 0) console.error(result.stderr);
  }
  do all.push(...(await clients.settled()));
  while (all.length < leastRequests);
  return sectionOf(title, measured, tallyOf(all), leastRequests);
}

function sectionOf(title: string, measured: readonly Measured[], total: Tally, least: number): Section {
  const refused = measured.filter(({ result }) => result.code !== 0);
  const isFree = total.failed === 0 && total.cut === 0;
  return {
    title,
    lines: [
      row('', 'requests', 'failed', 'cut', 'slowest ms', 'seconds'),
      ...measured.map(({ name, result, tally }) => lineOf(name, result, tally)),
      row('in all', ...cellsOf(total)),
      ...total.failures.slice(0, 20),
      verdict(`no failed request (${total.failed})`, total.failed === 0),
      verdict(`no stream cut inside the deregistration delay (${total.cut})`, total.cut === 0),
      verdict(`every change was made (${refused.length} were not)`, refused.length === 0),
      ...(least > 0 ? [verdict(`at least ${least} requests`, total.requests >= least)] : []),
    ],
    holds: isFree && refused.length === 0 && total.requests >= least,
  };
}

const lineOf = (name: string, { seconds, code }: CommandResult, tally: Tally): string =>
  row(code === 0 ? name : `${name} (exit ${code})`, ...cellsOf(tally), seconds.toFixed(1));

const cellsOf = ({ requests, failed, cut, slowestMilliseconds }: Tally): readonly string[] =>
  [requests, failed, cut, slowestMilliseconds].map((number) => number.toFixed(0));
