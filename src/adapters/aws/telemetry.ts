import { DeleteLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../../domain/log-line.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentMetrics, LogQuery, Telemetry } from '../../ports/telemetry.ts';
import { askedUnless } from './aws-failure.ts';
import { followLogs, readLogs } from './telemetry/log-reader.ts';
import { type LogGroup, prefixOf, streamsBelow } from './telemetry/log-streams.ts';
import { LogWriter } from './telemetry/log-writer.ts';
import { type MetricSources, readMetrics } from './telemetry/metrics.ts';

export interface AwsTelemetryOptions extends LogGroup, MetricSources {
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Logs of all deployments in one log group, a stream for each source and name; metrics of CloudWatch. */
export function awsTelemetry(options: AwsTelemetryOptions): Telemetry {
  const writer = new LogWriter(options);
  return {
    ...awsTelemetryLog(writer),
    read: (query) => readTelemetry(options, query, writer),
    follow: (query, signal) => followTelemetry(options, query, signal, writer),
    metrics: (deploymentId) => telemetryMetrics(options, deploymentId),
    forget: (deploymentId) => forgetTelemetry(options, deploymentId, writer),
  };
}

/** What every agent needs: to write, and to wait until it is written before its function is frozen. */
export const awsTelemetryLog = (writer: LogWriter): Pick<Telemetry, 'log' | 'flush'> => ({
  log: (deploymentId, line) => writer.write(deploymentId, line),
  flush: () => writer.flush(),
});

/** @param writer whose lines are to be among what is read */
export async function readTelemetry(
  group: LogGroup,
  query: LogQuery,
  writer?: LogWriter,
): Promise<readonly LogLine[]> {
  await writer?.flush();
  return readLogs(group, query);
}

/** @param writer whose lines are to be among what is read */
export async function* followTelemetry(
  group: LogGroup & { readonly clock: Pick<Clock, 'sleep'> },
  query: LogQuery,
  signal: AbortSignal,
  writer?: LogWriter,
): AsyncIterable<LogLine> {
  await writer?.flush();
  yield* followLogs(group, query, signal);
}

export const telemetryMetrics = (sources: MetricSources, deploymentId: string): Promise<DeploymentMetrics> =>
  readMetrics(sources, deploymentId);

/** Deletes the log streams of a deployment. @param writer whose waiting lines are dropped */
export async function forgetTelemetry(
  group: LogGroup,
  deploymentId: string,
  writer?: LogWriter,
): Promise<void> {
  const prefix = prefixOf(deploymentId);
  await writer?.discard(prefix);
  for (const { logStreamName = '' } of await streamsBelow(group, prefix)) {
    await askedUnless(
      group.logs.send(new DeleteLogStreamCommand({ logGroupName: group.logGroup, logStreamName })),
      ['ResourceNotFoundException'],
      `remove the log "${logStreamName}"`,
    );
  }
}
