import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Color } from '../../../domain/deployment.ts';
import type { ColorTraffic } from '../../../domain/release-gate.ts';
import { type MetricValues, metricData, metricQuery, sumOf } from '../metric-data.ts';
import { loadBalancerOutputs } from '../traffic-router/outputs.ts';

export interface TrafficFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
}

const MINUTE_MILLISECONDS = 60_000;

/**
 * What the load balancer counts for the target group of a colour, by the minute: the minute in which the time falls counts as a
 * whole, and the newest one or two are still missing. Requests that the load balancer answers in the place of a target which broke
 * off (502, 504) belong to no target group; the alarm on errors has them.
 * @throws {HiveMindError} TargetGroupNotFound
 */
export async function trafficSince(
  { cloudFormation, cloudWatch }: TrafficFacts,
  { loadBalancer, color, since }: { loadBalancer: string; color: Color; since: string },
): Promise<ColorTraffic> {
  const names = ['loadBalancerFullName', `${color}TargetGroupFullName`];
  const outputs = await loadBalancerOutputs(cloudFormation, loadBalancer, names);
  const [balancer = '', group = ''] = names.map((name) => outputs[name]);
  const from = new Date(Math.floor(Date.parse(since) / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS);
  return trafficOf(
    await metricData(cloudWatch, queries({ LoadBalancer: balancer, TargetGroup: group }), from),
  );
}

const queries = (dimensions: Readonly<Record<string, string>>) => {
  const of = (id: string, name: string, stat: string) =>
    metricQuery(id, { namespace: 'AWS/ApplicationELB', name, stat, period: 60, dimensions });
  return [
    of('requests', 'RequestCount', 'Sum'),
    of('failed', 'HTTPCode_Target_5XX_Count', 'Sum'),
    of('unreached', 'TargetConnectionErrorCount', 'Sum'),
    of('p95', 'TargetResponseTime', 'p95'),
    of('slowest', 'TargetResponseTime', 'Maximum'),
  ];
};

function trafficOf(values: MetricValues): ColorTraffic {
  const errors = sumOf(values, 'failed') + sumOf(values, 'unreached');
  const slowest = (values.get('slowest') ?? []).map(({ value }) => value);
  return {
    // One request may fail to connect more than once.
    requests: Math.max(sumOf(values, 'requests'), errors),
    errors,
    p95Milliseconds: milliseconds(weightedP95(values)),
    slowestMilliseconds: milliseconds(slowest.length === 0 ? null : Math.max(...slowest)),
  };
}

/** Percentiles of minutes cannot be put together exactly: their mean, each with the weight of its requests, comes near. */
function weightedP95(values: MetricValues): number | null {
  const requestsAt = new Map((values.get('requests') ?? []).map(({ at, value }) => [at, value]));
  const minutes = (values.get('p95') ?? []).map(({ at, value }) => ({
    value,
    weight: requestsAt.get(at) ?? 1,
  }));
  const weight = minutes.reduce((total, minute) => total + minute.weight, 0);
  if (weight === 0) return null;
  return minutes.reduce((total, minute) => total + minute.value * minute.weight, 0) / weight;
}

const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1_000);
