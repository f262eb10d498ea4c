import {
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type LogStream,
  type OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import type { LogLine, LogSource } from '../../../domain/log-line.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LogQuery } from '../../../ports/telemetry.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { type LogGroup, ownerOf, queryPrefix, streamsBelow } from './log-streams.ts';
import { SeenLines, type StoredLine } from './seen-lines.ts';

/** Newest lines that a query without `tail` gets. */
const MAX_LINES = 10_000;
/** Streams that a query looks into, the newest; each instance of each release has one. */
const MAX_STREAMS = 200;
/** GetLogEvents is limited to 25 calls a second in an account. */
const CONCURRENT_READS = 5;
const SHORTEST_PAUSE_MILLISECONDS = 1_000;
const LONGEST_PAUSE_MILLISECONDS = 3_000;

/** Oldest first; the newest 10,000 without `tail`. Lines of one time are in the order of their streams. */
export async function readLogs(group: LogGroup, query: LogQuery): Promise<readonly LogLine[]> {
  return (await newestLines(group, query)).map(({ line }) => line);
}

async function newestLines(group: LogGroup, query: LogQuery): Promise<readonly StoredLine[]> {
  const limit = Math.min(query.tail ?? MAX_LINES, MAX_LINES);
  if (limit < 1) return [];
  const streams = await streamsBelow(group, queryPrefix(query));
  const wanted = streams
    .flatMap((stream) => {
      const { logStreamName = '' } = stream;
      const owner = ownerOf(logStreamName, query);
      return owner ? [{ name: logStreamName, owner, usedAt: lastUseOf(stream) }] : [];
    })
    .sort((one, other) => other.usedAt - one.usedAt)
    .slice(0, MAX_STREAMS);
  const byStream = await pLimit(CONCURRENT_READS).map(wanted, ({ name, owner }) =>
    lastOfStream(group, name, owner, limit),
  );
  return byStream.flat().sort(byTimeAndStream).slice(-limit);
}

const lastUseOf = ({ lastEventTimestamp, creationTime }: LogStream): number =>
  lastEventTimestamp ?? creationTime ?? 0;

const byTimeAndStream = (one: StoredLine, other: StoredLine): number =>
  one.timestamp - other.timestamp || (one.stream < other.stream ? -1 : one.stream > other.stream ? 1 : 0);

/** The last lines of one stream, oldest first; none when it is being removed. */
async function lastOfStream(
  { logs, logGroup }: LogGroup,
  stream: string,
  owner: { readonly source: LogSource; readonly name: string },
  limit: number,
): Promise<readonly StoredLine[]> {
  const found: StoredLine[] = [];
  let token: string | undefined;
  while (found.length < limit) {
    const page = await askedUnless(
      logs.send(
        new GetLogEventsCommand({
          logGroupName: logGroup,
          logStreamName: stream,
          startFromHead: false,
          limit: Math.min(limit - found.length, MAX_LINES),
          ...(token !== undefined && { nextToken: token }),
        }),
      ),
      ['ResourceNotFoundException'],
      `read the log "${stream}"`,
    );
    const lines = (page?.events ?? []).map((event) => storedLine(stream, owner, event));
    found.unshift(...lines);
    // A page may be empty before the beginning; at the beginning the token stays the same.
    if (page?.nextBackwardToken === undefined || page.nextBackwardToken === token) break;
    token = page.nextBackwardToken;
  }
  return found.slice(-limit);
}

const storedLine = (
  stream: string,
  owner: { readonly source: LogSource; readonly name: string },
  { timestamp = 0, message = '' }: OutputLogEvent,
): StoredLine => ({
  stream,
  timestamp,
  line: { time: new Date(timestamp).toISOString(), ...owner, text: message },
});

/** The lines of `read`, then new ones as they are stored, looked for every one to three seconds. */
export async function* followLogs(
  group: LogGroup & { readonly clock: Pick<Clock, 'sleep'> },
  query: LogQuery,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const begun = Date.now();
  const history = await newestLines(group, query);
  const seen = new SeenLines(history, { begun, isTail: history.length === query.tail });
  for (const { line } of history) {
    if (signal.aborted) return;
    yield line;
  }
  let pause = 0;
  while (!signal.aborted) {
    await group.clock.sleep(pause, signal);
    if (signal.aborted) return;
    const fresh = seen.add(await linesSince(group, query, seen.since));
    for (const { line } of fresh) {
      yield line;
      if (signal.aborted) return;
    }
    pause =
      fresh.length > 0
        ? SHORTEST_PAUSE_MILLISECONDS
        : Math.min(Math.max(pause * 1.5, SHORTEST_PAUSE_MILLISECONDS), LONGEST_PAUSE_MILLISECONDS);
  }
}

/** Every stored line from a time on, in the order of the times. */
async function linesSince(
  { logs, logGroup }: LogGroup,
  query: LogQuery,
  startTime: number,
): Promise<readonly StoredLine[]> {
  const found: StoredLine[] = [];
  let nextToken: string | undefined;
  do {
    const page = await asked(
      logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroup,
          logStreamNamePrefix: queryPrefix(query),
          startTime,
          ...(nextToken !== undefined && { nextToken }),
        }),
      ),
      `follow the logs of "${query.deploymentId}"`,
    );
    for (const { logStreamName = '', ...event } of page.events ?? []) {
      const owner = ownerOf(logStreamName, query);
      if (owner) found.push(storedLine(logStreamName, owner, event));
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.sort(byTimeAndStream);
}
