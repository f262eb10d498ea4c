import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  type LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { LOG_SOURCES, type LogLine, type LogSource } from '../../../domain/log-line.ts';
import type { LogQuery } from '../../../ports/telemetry.ts';
import { asked } from '../aws-failure.ts';

/** The log group of all deployments. */
export interface LogGroup {
  readonly logs: CloudWatchLogsClient;
  readonly logGroup: string;
}

const MAX_STREAM_NAME_CHARACTERS = 512;

/** Everything of a deployment, and nothing of one whose id begins alike. */
export const prefixOf = (deploymentId: string): string => `${streamSafe(deploymentId)}/`;

/** `<deployment>/<source>/<name>` */
export const streamOf = (deploymentId: string, { source, name }: Pick<LogLine, 'source' | 'name'>): string =>
  `${prefixOf(deploymentId)}${source}/${streamSafe(name) || '-'}`.slice(0, MAX_STREAM_NAME_CHARACTERS);

/** The shortest prefix that has all streams of a query. */
export function queryPrefix({ deploymentId, sources, name }: LogQuery): string {
  const [only, ...others] = sources ?? [];
  if (only === undefined || others.length > 0) return prefixOf(deploymentId);
  return name === undefined
    ? `${prefixOf(deploymentId)}${only}/`
    : streamOf(deploymentId, { source: only, name });
}

/** Whose lines a stream has; undefined for a stream that the query does not ask for. */
export function ownerOf(
  stream: string,
  { deploymentId, sources = LOG_SOURCES, name }: LogQuery,
): { readonly source: LogSource; readonly name: string } | undefined {
  const [, part, owner] = /^([^/]+)\/(.+)$/.exec(stream.slice(prefixOf(deploymentId).length)) ?? [];
  const source = sources.find((candidate) => candidate === part);
  if (source === undefined || owner === undefined) return undefined;
  return name === undefined || streamSafe(name) === owner ? { source, name: owner } : undefined;
}

/** Names of streams must not have `:` and `*`. */
const streamSafe = (text: string): string => text.replace(/[:*]/g, '_');

/** @param prefix empty for all streams */
export async function streamsBelow(
  { logs, logGroup }: LogGroup,
  prefix: string,
): Promise<readonly LogStream[]> {
  const streams: LogStream[] = [];
  let nextToken: string | undefined;
  do {
    const page = await asked(
      logs.send(
        new DescribeLogStreamsCommand({
          logGroupName: logGroup,
          ...(prefix !== '' && { logStreamNamePrefix: prefix }),
          ...(nextToken !== undefined && { nextToken }),
        }),
      ),
      `list the logs of "${prefix}"`,
    );
    streams.push(...(page.logStreams ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return streams;
}
