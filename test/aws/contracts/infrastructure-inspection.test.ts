import {
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  type IpPermission,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateDBInstanceCommand, CreateDBSubnetGroupCommand, RDSClient } from '@aws-sdk/client-rds';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { awsInfrastructureInspection } from '../../../src/adapters/aws/infrastructure-inspection.ts';
import type { Stack } from '../../../src/domain/stack.ts';
import { infrastructureInspectionContract } from '../../contracts/infrastructure-inspection.contract.ts';
import { openAccount } from '../account.ts';
import { madeStack } from '../made-stack.ts';
import { type AwsProxy, openProxy } from '../proxy.ts';

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

/** The emulator does not know DescribeInstanceInformation: the test answers it, with these instances. */
async function open(stacks: readonly Stack[] = []) {
  const managed: string[] = [];
  const proxy = await openProxy(await openAccount(), ({ action }) =>
    action === 'DescribeInstanceInformation'
      ? {
          status: 200,
          body: JSON.stringify({
            InstanceInformationList: managed.map((InstanceId) => ({ InstanceId, PingStatus: 'Online' })),
          }),
        }
      : 'pass',
  );
  proxies.push(proxy);
  const { settings } = proxy.account;
  const clients = {
    ec2: new EC2Client(settings),
    loadBalancing: new ElasticLoadBalancingV2Client(settings),
    rds: new RDSClient(settings),
    ssm: new SSMClient(settings),
  };
  const known = [...stacks];
  const inspection = awsInfrastructureInspection({ ...clients, stacks: { list: async () => known } });
  return { ...clients, inspection, managed, known };
}

type Opened = Awaited<ReturnType<typeof open>>;

const anybody = (from: number, to = from): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: from,
  ToPort: to,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
});

async function makeNetwork({ ec2 }: Opened) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const subnets = await Promise.all(
    ['a', 'b'].map(async (zone, index) => {
      const CidrBlock = `10.0.${index}.0/24`;
      const made = await ec2.send(
        new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: `eu-west-1${zone}` }),
      );
      return made.Subnet?.SubnetId ?? '';
    }),
  );
  const group = async (GroupName: string, ...IpPermissions: IpPermission[]) => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }));
    const GroupId = made.GroupId ?? '';
    if (IpPermissions.length > 0) {
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }
    return GroupId;
  };
  return { VpcId, subnets, group };
}

type Network = Awaited<ReturnType<typeof makeNetwork>>;

async function makeInstance({ ec2 }: Opened, { subnets }: Network, group: string, isSafe: boolean) {
  const made = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnets[0] ?? '',
      SecurityGroupIds: [group],
      MetadataOptions: { HttpTokens: isSafe ? 'required' : 'optional', HttpEndpoint: 'enabled' },
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, Encrypted: isSafe } }],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'hivemind:deployment', Value: 'shop-1' }] },
      ],
    }),
  );
  return made.Instances?.[0]?.InstanceId ?? '';
}

async function makeBalancer({ loadBalancing, known }: Opened, { VpcId, subnets }: Network, group: string) {
  const made = await loadBalancing.send(
    new CreateLoadBalancerCommand({ Name: 'shop-1', Subnets: subnets, SecurityGroups: [group] }),
  );
  const LoadBalancerArn = made.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const { TargetGroups } = await loadBalancing.send(
    new CreateTargetGroupCommand({ Name: 'shop-1-blue', Protocol: 'HTTP', Port: 8080, VpcId }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const DefaultActions = [{ Type: 'forward', TargetGroupArn }] as const;
  await loadBalancing.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [...DefaultActions],
    }),
  );
  known.push(madeStack('load-balancer', { loadBalancerArn: LoadBalancerArn }));
  return LoadBalancerArn;
}

async function makeDatabase({ rds, known }: Opened, { subnets }: Network, group: string, isSafe: boolean) {
  const DBSubnetGroupName = 'shop-1';
  await rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName,
      DBSubnetGroupDescription: 'isolated',
      SubnetIds: subnets,
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'shop-1',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'hivemind',
      MasterUserPassword: 'only-for-the-emulator',
      DBSubnetGroupName,
      VpcSecurityGroupIds: [group],
      PubliclyAccessible: !isSafe,
      StorageEncrypted: isSafe,
      DeletionProtection: isSafe,
      BackupRetentionPeriod: isSafe ? 7 : 0,
    }),
  );
  known.push(madeStack('database', { instanceId: 'shop-1' }));
}

describe('infrastructure inspection on AWS', () => {
  infrastructureInspectionContract(async () => (await open()).inspection);

  test('sees what is well configured', async () => {
    const aws = await open();
    const network = await makeNetwork(aws);
    const front = await network.group('load-balancer', anybody(80));
    const fromFront = {
      IpProtocol: 'tcp',
      FromPort: 8080,
      ToPort: 8080,
      UserIdGroupPairs: [{ GroupId: front }],
    };
    const application = await network.group('application', fromFront);
    const fromApplication = {
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
      UserIdGroupPairs: [{ GroupId: application }],
    };
    const back = await network.group('database', fromApplication);
    const id = await makeInstance(aws, network, application, true);
    aws.managed.push(id);
    const LoadBalancerArn = await makeBalancer(aws, network, front);
    await aws.loadBalancing.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [
          { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
          { Key: 'deletion_protection.enabled', Value: 'true' },
        ],
      }),
    );
    await makeDatabase(aws, network, back, true);
    await aws.ec2.send(
      new CreateFlowLogsCommand({
        ResourceIds: [network.VpcId],
        ResourceType: 'VPC',
        TrafficType: 'ALL',
        LogDestinationType: 'cloud-watch-logs',
        LogGroupName: '/hivemind/flow-logs',
        DeliverLogsPermissionArn: 'arn:aws:iam::123456789012:role/flow-logs',
      }),
    );
    expect(await aws.inspection.observe('shop-1')).toEqual({
      network: { openIngress: [], sshOpen: false, flowLogs: true },
      loadBalancer: {
        listeners: [{ port: 80, protocol: 'HTTP', tlsPolicy: null }],
        dropsInvalidHeaders: true,
        deletionProtection: true,
        accessLogs: false,
      },
      instances: {
        ids: [id],
        securityGroups: [application],
        withoutImdsV2: [],
        withUnencryptedVolume: [],
        unmanaged: [],
      },
      database: {
        publiclyAccessible: false,
        encrypted: true,
        deletionProtection: true,
        backupRetentionDays: 7,
        reachableFrom: [application],
      },
    });
  });

  test('sees what is wide open', async () => {
    const aws = await open();
    const network = await makeNetwork(aws);
    const front = await network.group('load-balancer', anybody(80), anybody(8_000, 9_000));
    const application = await network.group('application', anybody(20, 30));
    const back = await network.group('database', anybody(5432));
    const id = await makeInstance(aws, network, application, false);
    await makeBalancer(aws, network, front);
    await makeDatabase(aws, network, back, false);
    const seen = await aws.inspection.observe('shop-1');
    expect(seen).toMatchObject({
      network: { sshOpen: true, flowLogs: false },
      loadBalancer: { dropsInvalidHeaders: false, deletionProtection: false },
      instances: { withoutImdsV2: [id], withUnencryptedVolume: [id], unmanaged: [id] },
      database: {
        publiclyAccessible: true,
        encrypted: false,
        deletionProtection: false,
        backupRetentionDays: 0,
        reachableFrom: ['0.0.0.0/0'],
      },
    });
    const rules = seen?.network?.openIngress.map(({ group, ports, source }) => `${group} ${ports} ${source}`);
    expect([...(rules ?? [])].sort()).toEqual(
      [`${front} 8000-9000 0.0.0.0/0`, `${application} 20-30 0.0.0.0/0`, `${back} 5432 0.0.0.0/0`].sort(),
    );
  });

  test('takes what is gone for not there', async () => {
    const aws = await open([
      madeStack('load-balancer', {
        loadBalancerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1234567890123456',
      }),
      madeStack('database', { instanceId: 'shop-1' }),
    ]);
    expect(await aws.inspection.observe('shop-1')).toMatchObject({ loadBalancer: null, database: null });
  });
});
