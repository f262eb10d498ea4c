import { INSTANCE_METRICS_NAMESPACE } from '../../src/contracts/instance-program.ts';
import { type LoadBalancerNames, scalingGroup } from './monitoring-sections.ts';

/** A metric of an alarm's expression, by the name the expression calls it. */
export interface AlarmMetric {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface AlarmPlan {
  /** End of the alarm's name, and of the link to its runbook. */
  readonly what: string;
  readonly meaning: string;
  readonly metrics: readonly AlarmMetric[];
  /** Of the metrics; must be a single line. */
  readonly expression: string;
  readonly above?: number;
  readonly below?: number;
  /** How many of the last minutes have to be bad. */
  readonly badMinutes: readonly [bad: number, of: number];
}

/** Too few requests to speak of a rate. */
const FEWEST_REQUESTS = 10;
const GIB = 1024 ** 3;
/** One of the two may not exist. */
const WORSE_COLOR = 'MAX([blue, green])';

const ofBalancer = (
  { name }: LoadBalancerNames,
  [id, metric, stat]: readonly [id: string, metric: string, stat: string],
  group?: string,
): AlarmMetric => ({
  id,
  namespace: 'AWS/ApplicationELB',
  name: metric,
  stat,
  dimensions: { LoadBalancer: name, ...(group && { TargetGroup: group }) },
});

export const webAlarms = (names: LoadBalancerNames): readonly AlarmPlan[] => [
  errorAlarm(names),
  {
    what: 'latency',
    meaning: 'The slowest 5 % of the requests take longer than 2 seconds.',
    metrics: [ofBalancer(names, ['latency', 'TargetResponseTime', 'p95'])],
    expression: 'latency',
    above: 2,
    badMinutes: [3, 5],
  },
  {
    what: 'unhealthy-hosts',
    meaning: 'An instance has failed the health check of the load balancer for five minutes.',
    metrics: [
      ofBalancer(names, ['blue', 'UnHealthyHostCount', 'Minimum'], names.blue),
      ofBalancer(names, ['green', 'UnHealthyHostCount', 'Minimum'], names.green),
    ],
    expression: WORSE_COLOR,
    above: 0,
    badMinutes: [5, 5],
  },
];

/** The load balancer answers by itself when it has nobody to ask: those requests are not among the application's. */
function errorAlarm(names: LoadBalancerNames): AlarmPlan {
  const failed = 'FILL(application, 0) + FILL(balancer, 0)';
  const all = 'FILL(requests, 0) + FILL(balancer, 0)';
  return {
    what: 'http-errors',
    meaning: 'More than 5 % of the requests are answered with a 5xx status.',
    metrics: [
      ofBalancer(names, ['requests', 'RequestCount', 'Sum']),
      ofBalancer(names, ['application', 'HTTPCode_Target_5XX_Count', 'Sum']),
      ofBalancer(names, ['balancer', 'HTTPCode_ELB_5XX_Count', 'Sum']),
    ],
    expression: `IF(${all} >= ${FEWEST_REQUESTS}, 100 * (${failed}) / (${all}), 0)`,
    above: 5,
    badMinutes: [3, 5],
  };
}

const ofInstances = (deploymentId: string, namespace: string, name: string, stat: string) => ({
  metrics: (['blue', 'green'] as const).map((id) => ({
    id,
    namespace,
    name,
    stat,
    dimensions: { AutoScalingGroupName: scalingGroup(deploymentId, id) },
  })),
  expression: WORSE_COLOR,
});

export const instanceAlarms = (deploymentId: string): readonly AlarmPlan[] => [
  {
    what: 'cpu',
    meaning: 'The instances have used more than 90 % of their processors for a quarter of an hour.',
    ...ofInstances(deploymentId, 'AWS/EC2', 'CPUUtilization', 'Average'),
    above: 90,
    badMinutes: [15, 15],
  },
  {
    what: 'memory',
    meaning: 'An instance has used more than 90 % of its memory for ten minutes.',
    ...ofInstances(deploymentId, INSTANCE_METRICS_NAMESPACE, 'mem_used_percent', 'Maximum'),
    above: 90,
    badMinutes: [10, 10],
  },
  {
    what: 'disk',
    meaning: 'The disk of an instance is more than 85 % full.',
    ...ofInstances(deploymentId, INSTANCE_METRICS_NAMESPACE, 'disk_used_percent', 'Maximum'),
    above: 85,
    badMinutes: [5, 5],
  },
  {
    what: 'status-checks',
    meaning: 'EC2 cannot reach an instance, or its hardware has failed.',
    ...ofInstances(deploymentId, 'AWS/EC2', 'StatusCheckFailed', 'Maximum'),
    above: 0,
    badMinutes: [3, 5],
  },
];

export function databaseAlarms(instance: string, connectionAlarm: number): readonly AlarmPlan[] {
  const value = (name: string, stat: string) => ({
    metrics: [
      { id: 'value', namespace: 'AWS/RDS', name, stat, dimensions: { DBInstanceIdentifier: instance } },
    ],
    expression: 'value',
  });
  return [
    {
      what: 'database-cpu',
      meaning: 'The database has used more than 90 % of its processors for a quarter of an hour.',
      ...value('CPUUtilization', 'Average'),
      above: 90,
      badMinutes: [15, 15],
    },
    {
      what: 'database-storage',
      meaning: 'The database has less than 2 GiB of storage left; RDS should have given it more by now.',
      ...value('FreeStorageSpace', 'Minimum'),
      below: 2 * GIB,
      badMinutes: [5, 5],
    },
    {
      what: 'database-connections',
      meaning: 'More than four fifths of the connections that the database allows are in use.',
      ...value('DatabaseConnections', 'Maximum'),
      above: connectionAlarm,
      badMinutes: [5, 5],
    },
  ];
}
