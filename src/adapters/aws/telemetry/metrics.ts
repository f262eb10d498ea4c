import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { INSTANCE_METRICS_NAMESPACE } from '../../../contracts/instance-program.ts';
import type { Instance, InstanceCommands } from '../../../ports/instance-commands.ts';
import type { StackEngine } from '../../../ports/stack-engine.ts';
import type { DeploymentMetrics } from '../../../ports/telemetry.ts';
import { NO_TRAFFIC, type Traffic } from '../../anywhere/telemetry/no-traffic.ts';
import { type MetricValues, metricData, metricQuery, newestOf, sumOf } from '../metric-data.ts';

export interface MetricSources {
  readonly cloudWatch: CloudWatchClient;
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly instances: Pick<InstanceCommands, 'list'>;
}

const WINDOW_SECONDS = 900;
/** Percentiles of parts cannot be put together: those of the newest part that had requests are shown. */
const LATENCY_SECONDS = 300;
const MINUTE_SECONDS = 60;

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
  const values = await metricData(cloudWatch, queries, new Date(Date.now() - WINDOW_SECONDS * 1_000));
  return {
    ...(fullName === undefined ? NO_TRAFFIC : trafficOf(values)),
    instances: running.map(({ id, state, restarts }, index) => ({
      id,
      state,
      restarts,
      cpuPercent: newestOf(values, `cpu${index}`),
      memoryBytes: newestOf(values, `memory${index}`),
    })),
  };
}

const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
const PERCENTILES = ['p50', 'p90', 'p99'] as const;

function trafficQueries(loadBalancer: string): readonly MetricDataQuery[] {
  const of = (id: string, name: string, stat: string, period = MINUTE_SECONDS) =>
    metricQuery(id, {
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
    metricQuery(`cpu${index}`, {
      namespace: 'AWS/EC2',
      name: 'CPUUtilization',
      stat: 'Average',
      period: MINUTE_SECONDS,
      dimensions: { InstanceId: id },
    }),
    metricQuery(`memory${index}`, {
      namespace: INSTANCE_METRICS_NAMESPACE,
      name: 'mem_used',
      stat: 'Average',
      period: MINUTE_SECONDS,
      dimensions: { AutoScalingGroupName: stack, InstanceId: id },
    }),
  ];
}

function trafficOf(values: MetricValues): Traffic {
  const answers = (name: (typeof CLASSES)[number]) =>
    sumOf(values, `target${name}`) + sumOf(values, `elb${name}`);
  const [p50, p90, p99] = PERCENTILES.map((stat) => newestOf(values, stat)).map((seconds) =>
    seconds === null ? null : Math.round(seconds * 1_000),
  );
  const hasLatency = p50 != null && p90 != null && p99 != null;
  return {
    windowSeconds: WINDOW_SECONDS,
    requests: sumOf(values, 'requests'),
    responses: { '2xx': answers('2xx'), '3xx': answers('3xx'), '4xx': answers('4xx'), '5xx': answers('5xx') },
    latencyMilliseconds: hasLatency ? { p50, p90, p99 } : null,
    openConnections: newestOf(values, 'connections') ?? 0,
  };
}
