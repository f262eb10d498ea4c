import type { EnvironmentStage } from '../../domain/deployment.ts';
import type { BlueprintName } from '../../domain/stack.ts';
import type { CostItem, Costs } from '../../ports/costs.ts';
import prices from './prices.json' with { type: 'json' };

/** What AWS reckons a month to have. */
const HOURS = 730;
const { usd } = prices;

/** A line of the bill: how many units of what, at which price. `what` says how many, so that the operator can check. */
interface Line {
  readonly what: string;
  readonly count: number;
  readonly unit: keyof typeof usd;
  /** The price is for an hour, and it runs all month. */
  readonly hourly?: true;
}

interface Situation {
  readonly isProduction: boolean;
  readonly isWeb: boolean;
  readonly hasDatabase: boolean;
}

type Lines = (situation: Situation) => readonly Line[];

const instanceCount = ({ isProduction }: Situation): number => (isProduction ? 2 : 1);
const GIB_EACH = 20;
const ZONES = 2;

const network: Lines = ({ isProduction }) => [
  ...(isProduction
    ? ([
        { what: 'NAT gateways, one a zone', count: ZONES, unit: 'natGateway', hourly: true },
        { what: 'public IPv4 addresses of the NAT gateways', count: ZONES, unit: 'publicIpv4', hourly: true },
        { what: 'GB through the NAT gateways, assumed', count: 10, unit: 'natGateway.GB' },
      ] as const)
    : []),
  { what: 'GB of flow logs, assumed', count: 1, unit: 'flowLogs.GB' },
];

const loadBalancer: Lines = () => [
  { what: 'Application Load Balancer', count: 1, unit: 'loadBalancer', hourly: true },
  { what: 'load balancer capacity unit, assumed', count: 1, unit: 'loadBalancer.capacityUnit', hourly: true },
  { what: 'public IPv4 addresses of the load balancer', count: ZONES, unit: 'publicIpv4', hourly: true },
  { what: 'secret for verification', count: 1, unit: 'secret' },
];

const database: Lines = ({ isProduction }) => [
  isProduction
    ? { what: 'db.t4g.medium, Multi-AZ', count: 1, unit: 'db.t4g.medium.multiAz', hourly: true }
    : { what: 'db.t4g.micro', count: 1, unit: 'db.t4g.micro', hourly: true },
  { what: 'GB of storage, gp3', count: GIB_EACH, unit: isProduction ? 'rds.gp3.multiAz' : 'rds.gp3' },
  { what: 'secrets with its credentials', count: 2, unit: 'secret' },
  { what: 'GB of logs and metrics of its system, assumed', count: 0.5, unit: 'logs.GB' },
];

/** Metrics that each alarm looks at, which is what alarms are charged by. */
const ALARM_METRICS = { always: 8, web: 6, database: 3 };

const monitoring: Lines = ({ isWeb, hasDatabase }) => [
  { what: 'dashboard', count: 1, unit: 'dashboard' },
  {
    what: 'metrics that alarms watch',
    count:
      ALARM_METRICS.always + (isWeb ? ALARM_METRICS.web : 0) + (hasDatabase ? ALARM_METRICS.database : 0),
    unit: 'alarmMetric',
  },
  { what: 'GB of logs, assumed', count: 1, unit: 'logs.GB' },
];

/** Of memory and disk: three an instance, and two for all of them. Detailed monitoring is seven more an instance. */
const metricCount = (instances: number): number => instances * (3 + 7) + 2;

const compute: Lines = (situation) => {
  const instances = instanceCount(situation);
  const type = situation.isProduction ? 't4g.medium' : 't4g.small';
  return [
    { what: `${type} instance${instances > 1 ? 's' : ''}`, count: instances, unit: type, hourly: true },
    { what: 'GB of disk, gp3', count: instances * GIB_EACH, unit: 'gp3' },
    // Instances of production are in private subnets.
    ...(situation.isProduction
      ? []
      : [
          {
            what: 'public IPv4 address of the instance',
            count: instances,
            unit: 'publicIpv4',
            hourly: true,
          } as const,
        ]),
    { what: 'metrics of the instances', count: metricCount(instances), unit: 'metric' },
    { what: 'secret with the variables of the application', count: 1, unit: 'secret' },
  ];
};

const LINES: Readonly<Record<BlueprintName, Lines>> = {
  network,
  'load-balancer': loadBalancer,
  database,
  monitoring,
  compute,
};

const cents = (amount: number): number => Math.round(amount * 100) / 100;

const asItem = (blueprint: BlueprintName, { what, count, unit, hourly }: Line): CostItem => ({
  blueprint,
  what: count === 1 && !what.startsWith('GB') ? what : `${count} ${what}`,
  monthlyUsd: cents(count * usd[unit] * (hourly ? HOURS : 1)),
});

const NOTE = [
  `list prices of ${prices.region}, ${prices.asOf}, from ${prices.sources.join(', ')}`,
  'not counted: data transfer to the internet, requests, builds, traces, snapshots, backups beyond the size of the database, the control plane, tax, free tiers and discounts',
  'a shared network is paid once for all deployments of its stage',
  'while an update runs, the instances of both colours are paid',
].join('; ');

/** Reckons with the sizes of the blueprints and the price list that comes with this version; asks nobody. */
export const awsCosts: Costs = {
  estimate: async (stage: EnvironmentStage, blueprints: readonly BlueprintName[]) => {
    const situation: Situation = {
      isProduction: stage === 'production',
      isWeb: blueprints.includes('load-balancer'),
      hasDatabase: blueprints.includes('database'),
    };
    const items = blueprints.flatMap((blueprint) =>
      LINES[blueprint](situation).map((line) => asItem(blueprint, line)),
    );
    return {
      monthlyUsd: cents(items.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0)),
      items,
      note: NOTE,
    };
  },
};
