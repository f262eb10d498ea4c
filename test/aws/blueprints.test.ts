import { CloudWatchClient, DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeAddressesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { EnvironmentStage } from '../../src/domain/deployment.ts';
import type { BlueprintName } from '../../src/domain/stack.ts';
import { type Account, openAccount } from './account.ts';
import { BlueprintStacks, DEPLOYMENT, type MadeStack } from './blueprint-stacks.ts';

let account: Account;
let stacks: BlueprintStacks;
let clients: Clients;

interface Clients {
  readonly ec2: EC2Client;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly rds: RDSClient;
  readonly secrets: SecretsManagerClient;
  readonly cloudWatch: CloudWatchClient;
}

beforeEach(async () => {
  account = await openAccount();
  stacks = await BlueprintStacks.in(account);
  clients = {
    ec2: new EC2Client(account.settings),
    loadBalancing: new ElasticLoadBalancingV2Client(account.settings),
    rds: new RDSClient(account.settings),
    secrets: new SecretsManagerClient(account.settings),
    cloudWatch: new CloudWatchClient(account.settings),
  };
});

afterEach(() => {
  stacks.close();
  for (const client of Object.values(clients)) client.destroy();
});

/** Makes it, and sees that every output has a value. */
async function make(
  blueprint: BlueprintName,
  variant: string,
  uses: Readonly<Record<string, MadeStack>> = {},
): Promise<MadeStack> {
  const names = Object.entries(uses).map(([parameter, { name }]) => [parameter, name]);
  const made = await stacks.make(blueprint, variant, Object.fromEntries(names));
  expect(made.status).toBe('CREATE_COMPLETE');
  expect(Object.keys(made.outputs).sort()).toEqual([...made.declared].sort());
  // What the emulator cannot work out comes as Python's text of the template, or of nothing.
  for (const value of Object.values(made.outputs)) expect(value).toMatch(/^[^{}]*[^{}N][^{}]*$/);
  return made;
}

async function secretOf(SecretId: string | undefined): Promise<string> {
  const { SecretString = '' } = await clients.secrets.send(new GetSecretValueCommand({ SecretId }));
  return SecretString;
}

/** What the stack engine does before it removes a database. */
async function liftProtection(...databases: readonly MadeStack[]): Promise<void> {
  for (const { outputs } of databases) {
    const change = { DBInstanceIdentifier: outputs['InstanceId'], DeletionProtection: false };
    await clients.rds.send(new ModifyDBInstanceCommand(change));
  }
}

/** How much there is of everything that the blueprints make and that the account can have none of. */
async function remains(): Promise<Readonly<Record<string, number | undefined>>> {
  const { ec2, loadBalancing, rds, secrets, cloudWatch } = clients;
  const own = [{ Name: 'is-default', Values: ['false'] }];
  return {
    networks: (await ec2.send(new DescribeVpcsCommand({ Filters: own }))).Vpcs?.length,
    addresses: (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.length,
    loadBalancers: (await loadBalancing.send(new DescribeLoadBalancersCommand({}))).LoadBalancers?.length,
    targetGroups: (await loadBalancing.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.length,
    databases: (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances?.length,
    secrets: (await secrets.send(new ListSecretsCommand({}))).SecretList?.length,
    alarms: (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.length,
  };
}

const NOTHING = {
  networks: 0,
  addresses: 0,
  loadBalancers: 0,
  targetGroups: 0,
  databases: 0,
  secrets: 0,
  alarms: 0,
};

const LOAD_BALANCERS = [['http'], ['https']] as const;

describe.each<[EnvironmentStage]>([['stage-1'], ['production']])('blueprints of %s', (stage) => {
  test('are made, use each other, and leave nothing', async () => {
    const network = await make('network', stage);
    const web = await make('load-balancer', stage === 'production' ? 'https' : 'http', {
      NetworkStack: network,
    });
    const postgres = await make('database', `postgres-${stage}`, { NetworkStack: network });
    const mysql = await make('database', `mysql-${stage}`, { NetworkStack: network });
    const uses = { NetworkStack: network, LoadBalancerStack: web };
    await make('compute', `web-${stage}`, uses);
    await make('compute', `web-${stage}-database`, { ...uses, DatabaseStack: postgres });
    await make('compute', `worker-${stage}`, uses);
    await make('compute', `worker-${stage}-database`, { ...uses, DatabaseStack: mysql });
    expect(await remains()).toMatchObject({ networks: 1, loadBalancers: 1, targetGroups: 2, databases: 2 });
    await liftProtection(postgres, mysql);
    await stacks.removeAll();
    expect(await remains()).toEqual(NOTHING);
  });
});

test.each(LOAD_BALANCERS)(
  'the %s load balancer has a rule a colour that wants the secret',
  async (variant) => {
    const { outputs } = await make('load-balancer', variant, {
      NetworkStack: await make('network', 'stage-1'),
    });
    const ListenerArn = outputs['ListenerArn'];
    const { Rules = [] } = await clients.loadBalancing.send(new DescribeRulesCommand({ ListenerArn }));
    const secret = await secretOf(outputs['ProbeSecret']);
    const rules = Rules.map(({ Conditions, Actions }) => ({
      header: Conditions?.[0]?.HttpHeaderConfig,
      to: Actions?.[0]?.TargetGroupArn,
    }));
    const header = (color: string) => ({
      HttpHeaderName: outputs['ProbeHeader'],
      Values: [`${secret}-${color}`],
    });
    expect(rules).toEqual([
      { header: header('blue'), to: outputs['BlueTargetGroupArn'] },
      { header: header('green'), to: outputs['GreenTargetGroupArn'] },
      { header: undefined, to: outputs['BlueTargetGroupArn'] },
    ]);
    expect(outputs['Url']).toMatch(new RegExp(`^${variant}://.+:8081$`));
  },
);

test('the application finds its database by the variables of its secret', async () => {
  const network = await make('network', 'stage-1');
  const { outputs } = await make('database', 'postgres-stage-1', { NetworkStack: network });
  const variables = z.record(z.string(), z.string()).parse(JSON.parse(await secretOf(outputs['Secret'])));
  const { Host, Port } = outputs;
  expect(variables).toEqual({
    DATABASE_URL: `postgres://hivemind:${variables['PGPASSWORD']}@${Host}:${Port}/shop?sslmode=require`,
    PGHOST: Host,
    PGPORT: Port,
    PGUSER: 'hivemind',
    PGPASSWORD: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    PGDATABASE: 'shop',
    PGSSLMODE: 'require',
  });
  expect(outputs['Endpoint']).toBe(`postgres://${Host}:${Port}/shop`);
});

const SECTIONS = [
  'Application overview',
  'Infrastructure',
  'Load balancer',
  'Database',
  'Logs',
  'X-Ray',
  'Costs',
  'Alarms and violations',
];

test.each([['web'], ['web-database'], ['worker'], ['worker-database']])(
  'monitoring of %s',
  async (variant) => {
    const network = await make('network', 'stage-1');
    const LoadBalancerStack = await make('load-balancer', 'http', { NetworkStack: network });
    const DatabaseStack = await make('database', 'mysql-stage-1', { NetworkStack: network });
    const { outputs } = await make('monitoring', variant, { LoadBalancerStack, DatabaseStack });
    const { DashboardBody = '' } = await clients.cloudWatch.send(
      new GetDashboardCommand({ DashboardName: outputs['DashboardName'] }),
    );
    const { widgets } = z
      .object({ widgets: z.array(z.object({ properties: z.object({ markdown: z.string().optional() }) })) })
      .parse(JSON.parse(DashboardBody));
    const titles = widgets.flatMap(({ properties }) => properties.markdown?.match(/^## (.+)/)?.[1] ?? []);
    expect(titles).toEqual(SECTIONS);
    const { MetricAlarms = [] } = await clients.cloudWatch.send(new DescribeAlarmsCommand({}));
    for (const { AlarmName = '', AlarmArn = '', AlarmActions } of MetricAlarms) {
      expect(AlarmName).toMatch(new RegExp(`^${DEPLOYMENT}-`));
      expect(AlarmActions).toHaveLength(1);
      expect(DashboardBody).toContain(AlarmArn);
    }
    expect(MetricAlarms.length).toBe(
      4 + (variant.includes('web') ? 3 : 0) + (variant.includes('database') ? 3 : 0),
    );
    const connections = MetricAlarms.find(({ AlarmName = '' }) => AlarmName.endsWith('-connections'));
    expect(connections?.Threshold).toBe(variant.includes('database') ? 48 : undefined);
    await stacks.removeAll();
    expect(await remains()).toEqual(NOTHING);
  },
);
