import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  type OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Build } from '@aws-sdk/client-codebuild';
import type { LogLine } from '../../../domain/log-line.ts';
import { logText } from '../../../domain/plain-text.ts';
import { askedUnless } from '../aws-failure.ts';

/** Lines of the build program begin with the name of a step; the others are CodeBuild's own. */
const STEP = /^(prepare|install|build): ?(.*)$/s;

/** A look copies no more than this: what is left is copied by the next one. */
const MAX_PAGES = 20;

/** What a build has printed since the last look, and where the next look goes on. */
export interface NewLines {
  readonly lines: readonly LogLine[];
  readonly next: string | null;
}

/**
 * Builds write to a log group of their own, because the role in their container must not be able to write into the log of a
 * deployment: whoever looks at a build passes on what it has printed.
 */
export async function newLines(
  logs: CloudWatchLogsClient,
  build: Build,
  from: string | null,
): Promise<NewLines> {
  const place = placeOf(build);
  const lines: LogLine[] = [];
  let token = from;
  for (let page = 0; place && page < MAX_PAGES; page += 1) {
    const get = new GetLogEventsCommand({
      ...place,
      startFromHead: true,
      ...(token !== null && { nextToken: token }),
    });
    const found = await askedUnless(logs.send(get), ['ResourceNotFoundException'], 'read the log of a build');
    for (const event of found?.events ?? []) lines.push(...logLines(event));
    const next = found?.nextForwardToken ?? token;
    if (next === token) break;
    token = next;
  }
  return { lines, next: token };
}

function logLines({ timestamp = 0, message = '' }: OutputLogEvent): readonly LogLine[] {
  const [, name, text] = STEP.exec(message.trimEnd()) ?? [];
  if (name === undefined || text === undefined) return [];
  return [{ time: new Date(timestamp).toISOString(), source: 'build', name, text }];
}

/** The last lines of everything that was printed, oldest first. */
export async function logTailOf(logs: CloudWatchLogsClient, build: Build): Promise<readonly string[]> {
  const MAX_LINES = 20;
  const place = placeOf(build);
  if (!place) return [];
  const get = new GetLogEventsCommand({ ...place, limit: MAX_LINES });
  const found = await askedUnless(logs.send(get), ['ResourceNotFoundException'], 'read the log of a build');
  return (found?.events ?? [])
    .map(({ message = '' }) => logText(message.replace(STEP, '$2')))
    .filter(Boolean);
}

const placeOf = ({
  logs,
}: Build): { readonly logGroupName: string; readonly logStreamName: string } | undefined =>
  logs?.groupName && logs.streamName
    ? { logGroupName: logs.groupName, logStreamName: logs.streamName }
    : undefined;
