import { INSTANCE_METRICS_NAMESPACE } from '../../src/contracts/instance-program.ts';
import { graph, type Line, number, perInstance, search, text, type Widget } from './monitoring-widgets.ts';

/** What a dashboard is about. */
export interface Subject {
  readonly deploymentId: string;
  readonly logGroup: string;
  readonly loadBalancer?: LoadBalancerNames | undefined;
  /** Identifier of the RDS instance. */
  readonly database?: string | undefined;
}

/** The ends of the ARNs, by which CloudWatch knows them. */
export interface LoadBalancerNames {
  readonly name: string;
  readonly blue: string;
  readonly green: string;
}

/** Every section begins with a header. */
export const header = (title: string, explanation: string): Widget => text(`## ${title}\n${explanation}`);

/** The auto scaling group of a colour is named like its stack. */
export const scalingGroup = (deploymentId: string, color: 'blue' | 'green'): string =>
  `${deploymentId}-compute-${color}`;

const ofScalingGroups = (deploymentId: string): string =>
  `AutoScalingGroupName=("${scalingGroup(deploymentId, 'blue')}" OR "${scalingGroup(deploymentId, 'green')}")`;

const ofAgent = (deploymentId: string, metric: string): string =>
  `{${INSTANCE_METRICS_NAMESPACE},AutoScalingGroupName,InstanceId} ${ofScalingGroups(deploymentId)} MetricName="${metric}"`;

const ofInstances = (deploymentId: string, metric: string): string =>
  `{AWS/EC2,AutoScalingGroupName} ${ofScalingGroups(deploymentId)} MetricName="${metric}"`;

const balancerLine = (names: LoadBalancerNames, metric: string, options: object = {}): Line => [
  'AWS/ApplicationELB',
  metric,
  'LoadBalancer',
  names.name,
  options,
];

const groupLines = (names: LoadBalancerNames, metric: string, stat: string, what = ''): readonly Line[] =>
  (['blue', 'green'] as const).map((color) => [
    'AWS/ApplicationELB',
    metric,
    'TargetGroup',
    names[color],
    'LoadBalancer',
    names.name,
    { stat, label: `${color} ${what}`.trim() },
  ]);

export function overview({ deploymentId, loadBalancer }: Subject): readonly Widget[] {
  const processor = [search(ofInstances(deploymentId, 'CPUUtilization'), 'Average')];
  const memory = [search(ofAgent(deploymentId, 'mem_used_percent'), 'Maximum')];
  return [
    header(
      'Application overview',
      `Deployment **${deploymentId}**. Everything carries the tag \`hivemind:deployment\`.`,
    ),
    ...(loadBalancer
      ? [
          number('Requests a minute', [balancerLine(loadBalancer, 'RequestCount', { stat: 'Sum' })]),
          number('p95 seconds', [balancerLine(loadBalancer, 'TargetResponseTime', { stat: 'p95' })]),
          number('Server errors a minute', [
            balancerLine(loadBalancer, 'HTTPCode_Target_5XX_Count', { stat: 'Sum', label: 'application' }),
            balancerLine(loadBalancer, 'HTTPCode_ELB_5XX_Count', { stat: 'Sum', label: 'load balancer' }),
          ]),
          number('Healthy instances', groupLines(loadBalancer, 'HealthyHostCount', 'Minimum')),
        ]
      : [
          number('Processor in use, %', processor, { width: 12 }),
          number('Memory in use, %', memory, { width: 12 }),
        ]),
  ];
}

export function infrastructure({ deploymentId }: Subject): readonly Widget[] {
  return [
    header(
      'Infrastructure',
      'Processor, network and status checks from EC2, memory and disk from the CloudWatch agent.',
    ),
    perInstance('CPUUtilization', 'Average', deploymentId),
    graph('Memory in use', [search(ofAgent(deploymentId, 'mem_used_percent'), 'Average')], {
      unit: '%',
      width: 12,
    }),
    graph('Disk in use', [search(ofAgent(deploymentId, 'disk_used_percent'), 'Average')], {
      unit: '%',
      width: 12,
    }),
    perInstance('NetworkIn', 'Sum', deploymentId),
    perInstance('NetworkOut', 'Sum', deploymentId),
    perInstance('StatusCheckFailed', 'Maximum', deploymentId),
    graph('Processor in use, a colour', [search(ofInstances(deploymentId, 'CPUUtilization'), 'Average')], {
      unit: '%',
      width: 12,
    }),
    graph(
      'Failed status checks, a colour',
      [search(ofInstances(deploymentId, 'StatusCheckFailed'), 'Maximum')],
      { width: 12 },
    ),
  ];
}

const answers = (counted: (metric: string, label: string) => Line): readonly Line[] => [
  ...['2xx', '3xx', '4xx', '5xx'].map((kind) => counted(`HTTPCode_Target_${kind.toUpperCase()}_Count`, kind)),
  counted('HTTPCode_ELB_5XX_Count', '5xx of the load balancer'),
];

export function loadBalancing({ loadBalancer }: Subject): readonly Widget[] {
  if (!loadBalancer) return [header('Load balancer', 'None: this deployment has no exposed port.')];
  const counted = (metric: string, label: string): Line =>
    balancerLine(loadBalancer, metric, { stat: 'Sum', label });
  const latency = (stat: string): Line =>
    balancerLine(loadBalancer, 'TargetResponseTime', { stat, label: stat });
  return [
    header('Load balancer', 'One target group a colour; the one without traffic is kept warm, or is empty.'),
    graph('Target health', [
      ...groupLines(loadBalancer, 'HealthyHostCount', 'Minimum', 'healthy'),
      ...groupLines(loadBalancer, 'UnHealthyHostCount', 'Maximum', 'unhealthy'),
    ]),
    graph('Requests per target', groupLines(loadBalancer, 'RequestCountPerTarget', 'Sum')),
    graph('Latency', [latency('p50'), latency('p90'), latency('p99')], { unit: 's' }),
    graph('Answers', answers(counted), { width: 12 }),
    graph(
      'Connections',
      [
        counted('ActiveConnectionCount', 'active'),
        counted('NewConnectionCount', 'new'),
        counted('RejectedConnectionCount', 'rejected'),
      ],
      { width: 12 },
    ),
  ];
}

export function database({ database: instance }: Subject): readonly Widget[] {
  if (!instance) return [header('Database', 'None: this deployment has no database.')];
  const line = (metric: string, options: object = {}): Line => [
    'AWS/RDS',
    metric,
    'DBInstanceIdentifier',
    instance,
    options,
  ];
  return [
    header('Database', `RDS instance **${instance}**. Lag is shown where there is a read replica.`),
    graph('Connections', [line('DatabaseConnections')]),
    graph('Operations a second', [line('ReadIOPS'), line('WriteIOPS')]),
    graph('Processor in use', [line('CPUUtilization')], { unit: '%' }),
    graph('Free memory', [line('FreeableMemory')], { unit: 'bytes' }),
    graph('Replica lag', [line('ReplicaLag', { stat: 'Maximum' })], { unit: 's' }),
    graph('Free storage', [line('FreeStorageSpace', { stat: 'Minimum' })], { unit: 'bytes' }),
  ];
}
