import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { asked } from './aws-failure.ts';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** `Sum`, `Maximum`, `p95` ... */
  readonly stat: string;
  /** Seconds of one value. */
  readonly period: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricValue {
  /** ISO time at which its period began. */
  readonly at: string;
  readonly value: number;
}

/** Values by id of the query, the newest first. */
export type MetricValues = ReadonlyMap<string, readonly MetricValue[]>;

/** @param id a small letter, then letters and digits: what its values are found by */
export const metricQuery = (
  id: string,
  { namespace, name, stat, period, dimensions }: Metric,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: period,
    Stat: stat,
  },
});

/** The values from a time up to now, with the minute that goes on. */
export async function metricData(
  cloudWatch: CloudWatchClient,
  MetricDataQueries: readonly MetricDataQuery[],
  from: Date,
): Promise<MetricValues> {
  const values = new Map<string, readonly MetricValue[]>();
  if (MetricDataQueries.length === 0) return values;
  const EndTime = new Date(Date.now() + 60_000);
  let NextToken: string | undefined;
  do {
    const page: GetMetricDataCommandOutput = await asked(
      cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [...MetricDataQueries],
          StartTime: from,
          EndTime,
          ScanBy: 'TimestampDescending',
          ...(NextToken !== undefined && { NextToken }),
        }),
      ),
      'read the metrics of the deployment',
    );
    for (const { Id = '', Values = [], Timestamps = [] } of page.MetricDataResults ?? []) {
      const more = Values.map((value, index) => ({ at: Timestamps[index]?.toISOString() ?? '', value }));
      values.set(Id, [...(values.get(Id) ?? []), ...more]);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return values;
}

export const sumOf = (values: MetricValues, id: string): number =>
  (values.get(id) ?? []).reduce((total, { value }) => total + value, 0);

export const newestOf = (values: MetricValues, id: string): number | null =>
  values.get(id)?.[0]?.value ?? null;
