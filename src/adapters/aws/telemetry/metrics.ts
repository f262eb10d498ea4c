import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { INSTANCE_METRICS_NAMESPACE } from '../../../contracts/instance-program.ts';
import type { Instance, InstanceCommands } from '../../../ports/instance-commands.ts';
import type { StackEngine } from '../../../ports/stack-engine.ts';
import type { DeploymentMetrics } from '../../../ports/telemetry.ts';
import { asked } from '../aws-failure.ts';

export interface MetricSources {
  readonly cloudWatch: CloudWatchClient;
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly instances: Pick<InstanceCommands, 'list'>;
}

const WINDOW_SECONDS = 900;
/** Percentiles of parts cannot be put together: those of the newest part that had requests are shown. */
const LATENCY_SECONDS = 300;
const MINUTE_SECONDS = 60;

const NO_TRAFFIC: Omit<DeploymentMetrics, 'instances'> = {
  windowSeconds: 0,
  requests: 0,
  responses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  latencyMilliseconds: null,
  openConnections: 0,
};

/** Numbers of the last quarter of an hour. CloudWatch shows them some minutes late, so those of a new instance may be null. */
export async function readMetrics(
  { cloudWatch, stacks, instances }: MetricSources,
  deploymentId: string,
): Promise<DeploymentMetrics> {
  const known = await stacks.list(deploymentId);
  const compute = known.filter(({ blueprint }) => blueprint === 'compute');
  const running = (await Promise.all(compute.map(({ name }) => instances.list(name)))).flat();
  const balancer = known.find(({ blueprint }) => blueprint === 'load-balancer');
  const fullName = balancer?.outputs['loadBalancerFullName'];
  const queries = [
    ...(fullName === undefined ? [] : trafficQueries(fullName)),
    ...running.flatMap(instanceQueries),
  ];
  const values = await metricData(cloudWatch, queries);
  return {
    ...(fullName === undefined ? NO_TRAFFIC : trafficOf(values)),
    instances: running.map(({ id, state, restarts }, index) => ({
      id,
      state,
      restarts,
      cpuPercent: newest(values, `cpu${index}`),
      memoryBytes: newest(values, `memory${index}`),
    })),
  };
}

type Values = ReadonlyMap<string, readonly number[]>;

const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
const PERCENTILES = ['p50', 'p90', 'p99'] as const;

function trafficQueries(loadBalancer: string): readonly MetricDataQuery[] {
  const of = (id: string, name: string, stat: string, period = MINUTE_SECONDS) =>
    query(id, {
      namespace: 'AWS/ApplicationELB',
      name,
      stat,
      period,
      dimensions: { LoadBalancer: loadBalancer },
    });
  return [
    of('requests', 'RequestCount', 'Sum'),
    of('connections', 'ActiveConnectionCount', 'Sum'),
    // What the application answered, and what the load balancer answered in its place.
    ...CLASSES.map((name) => of(`target${name}`, `HTTPCode_Target_${name.toUpperCase()}_Count`, 'Sum')),
    ...CLASSES.slice(1).map((name) => of(`elb${name}`, `HTTPCode_ELB_${name.toUpperCase()}_Count`, 'Sum')),
    ...PERCENTILES.map((stat) => of(stat, 'TargetResponseTime', stat, LATENCY_SECONDS)),
  ];
}

function instanceQueries({ id, stack }: Instance, index: number): readonly MetricDataQuery[] {
  return [
    query(`cpu${index}`, {
      namespace: 'AWS/EC2',
      name: 'CPUUtilization',
      stat: 'Average',
      period: MINUTE_SECONDS,
      dimensions: { InstanceId: id },
    }),
    query(`memory${index}`, {
      namespace: INSTANCE_METRICS_NAMESPACE,
      name: 'mem_used',
      stat: 'Average',
      period: MINUTE_SECONDS,
      dimensions: { AutoScalingGroupName: stack, InstanceId: id },
    }),
  ];
}

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly stat: string;
  readonly period: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

const query = (id: string, { namespace, name, stat, period, dimensions }: Metric): MetricDataQuery => ({
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

/** Values by id of the query, the newest first. */
async function metricData(
  cloudWatch: CloudWatchClient,
  MetricDataQueries: readonly MetricDataQuery[],
): Promise<Values> {
  if (MetricDataQueries.length === 0) return new Map();
  const values = new Map<string, number[]>();
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - WINDOW_SECONDS * 1_000);
  let NextToken: string | undefined;
  do {
    const page: GetMetricDataCommandOutput = await asked(
      cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [...MetricDataQueries],
          StartTime,
          EndTime,
          ScanBy: 'TimestampDescending',
          ...(NextToken !== undefined && { NextToken }),
        }),
      ),
      'read the metrics of the deployment',
    );
    for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
      values.set(Id, [...(values.get(Id) ?? []), ...Values]);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return values;
}

function trafficOf(values: Values): Omit<DeploymentMetrics, 'instances'> {
  const answers = (name: (typeof CLASSES)[number]) =>
    sum(values, `target${name}`) + sum(values, `elb${name}`);
  const [p50, p90, p99] = PERCENTILES.map((stat) => newest(values, stat)).map((seconds) =>
    seconds === null ? null : Math.round(seconds * 1_000),
  );
  const hasLatency = p50 != null && p90 != null && p99 != null;
  return {
    windowSeconds: WINDOW_SECONDS,
    requests: sum(values, 'requests'),
    responses: { '2xx': answers('2xx'), '3xx': answers('3xx'), '4xx': answers('4xx'), '5xx': answers('5xx') },
    latencyMilliseconds: hasLatency ? { p50, p90, p99 } : null,
    openConnections: newest(values, 'connections') ?? 0,
  };
}

const sum = (values: Values, id: string): number =>
  (values.get(id) ?? []).reduce((total, value) => total + value, 0);

const newest = (values: Values, id: string): number | null => values.get(id)?.[0] ?? null;
