import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTagsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateDBSnapshotCommand, RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from '@jest/globals';
import { putArtifact } from '../../../src/adapters/aws/artifact-store/put.ts';
import type { RemovalFacts } from '../../../src/adapters/aws/resource-inventory/removal.ts';
import { awsResourceInventory, type InventoryFacts } from '../../../src/adapters/aws/resource-inventory.ts';
import { awsSecrets } from '../../../src/adapters/aws/secrets.ts';
import type { StackEngine } from '../../../src/ports/stack-engine.ts';
import {
  type InventoryUnderTest,
  resourceInventoryContract,
} from '../../contracts/resource-inventory.contract.ts';
import { type Account, openAccount, REGION } from '../account.ts';
import { BlueprintDeployment } from '../blueprint-engine.ts';
import { type AwsProxy, type Fate, openProxy } from '../proxy.ts';
import { CONTROL_PLANE } from '../stack-engine.ts';

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

const factsOf = ({ settings, accountId }: Account): InventoryFacts & RemovalFacts => ({
  autoScaling: new AutoScalingClient(settings),
  cloudFormation: new CloudFormationClient(settings),
  cloudWatch: new CloudWatchClient(settings),
  ec2: new EC2Client(settings),
  loadBalancing: new ElasticLoadBalancingV2Client(settings),
  logs: new CloudWatchLogsClient(settings),
  rds: new RDSClient(settings),
  secretsManager: new SecretsManagerClient(settings),
  tagging: new ResourceGroupsTaggingAPIClient(settings),
  s3: new S3Client(settings),
  bucket: `artifacts-${accountId}`,
  controlPlane: CONTROL_PLANE,
});

const patience = { patienceSeconds: 30 };

async function open(): Promise<InventoryUnderTest> {
  const account = await openAccount();
  const facts = factsOf(account);
  const secrets = awsSecrets(facts.secretsManager);
  await facts.logs.send(new CreateLogGroupCommand({ logGroupName: CONTROL_PLANE.logGroup }));
  const stream = (deploymentId: string) => ({
    logGroupName: CONTROL_PLANE.logGroup,
    logStreamName: `${deploymentId}/agent/recon`,
  });
  await facts.s3.send(
    new CreateBucketCommand({
      Bucket: facts.bucket,
      CreateBucketConfiguration: { LocationConstraint: REGION },
    }),
  );
  const deployments = new Map<string, BlueprintDeployment>();
  const stacks: Pick<StackEngine, 'remove'> = {
    remove: async (name, within) => {
      const [deployment] = [...deployments.values()];
      return deployment === undefined || (await deployment.engine.remove(name, within));
    },
  };
  return {
    inventory: awsResourceInventory({ ...facts, stacks }),
    make: async (deploymentId) => {
      const deployment = await BlueprintDeployment.open(account, deploymentId);
      deployments.set(deploymentId, deployment);
      await deployment.network();
      await deployment.loadBalancer();
      await secrets.put(deploymentId, 'environment', { A: 'b' });
      await facts.logs.send(new CreateLogStreamCommand(stream(deploymentId)));
    },
    removeAll: async (deploymentId) => {
      const deployment = deployments.get(deploymentId);
      await deployment?.engine.remove(`${deploymentId}-load-balancer`, patience);
      await deployment?.engine.remove(`${deploymentId}-network`, patience);
      await secrets.removeAll(deploymentId);
      await facts.logs.send(new DeleteLogStreamCommand(stream(deploymentId)));
    },
    storeArtifact: async (folder, known) => (await putArtifact(facts, folder, known)).id,
  };
}

async function findBehind(account: Account, fate: (action: string) => Fate, deploymentId = 'shop-1') {
  const proxy = await openProxy(account, ({ action }) => fate(action));
  proxies.push(proxy);
  return awsResourceInventory(factsOf(proxy.account)).find(deploymentId);
}

describe('resource inventory on AWS', () => {
  resourceInventoryContract(open);

  test('names what it finds', async () => {
    const { inventory, make } = await open();
    await make('shop-1');
    const found = await inventory.find('shop-1');
    expect(found).toContainEqual({ type: 'stack', id: 'shop-1-network' });
    expect(found).toContainEqual({ type: 'stack', id: 'shop-1-load-balancer' });
    expect(found).toContainEqual({ type: 'vpc', id: expect.stringMatching(/^vpc-/) });
    expect(found).toContainEqual({ type: 'load-balancer', id: expect.stringMatching(/^app\//) });
    expect(found).toContainEqual({ type: 'log-stream', id: 'shop-1/agent/recon' });
    const secrets = found.filter(({ type }) => type === 'secret').map(({ id }) => id);
    expect(secrets).toEqual(
      expect.arrayContaining([expect.stringMatching(/^hivemind\/shop-1\/environment-/)]),
    );
  });

  test('does not count an instance that is terminated, which AWS shows for an hour', async () => {
    const account = await openAccount();
    const { ec2, ...facts } = factsOf(account);
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 2, MaxCount: 2 }),
    );
    const ids = (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
    const Tags = [{ Key: 'hivemind:deployment', Value: 'shop-1' }];
    await ec2.send(new CreateTagsCommand({ Resources: ids, Tags }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids.slice(1) }));
    const found = await awsResourceInventory({ ec2, ...facts }).find('shop-1');
    expect(found).toEqual([{ type: 'instance', id: ids[0] }]);
  });

  test('does not count a snapshot, which is kept on purpose', async () => {
    const account = await openAccount();
    const deployment = await BlueprintDeployment.open(account, 'shop-1');
    await deployment.network();
    const { outputs } = await deployment.database();
    const { rds, ...facts } = factsOf(account);
    const inventory = awsResourceInventory({ rds, ...facts });
    const before = await inventory.find('shop-1');
    expect(before).toContainEqual({ type: 'database', id: outputs['instanceId'] });
    await rds.send(
      new CreateDBSnapshotCommand({
        DBInstanceIdentifier: outputs['instanceId'],
        DBSnapshotIdentifier: 'kept',
        Tags: [{ Key: 'hivemind:deployment', Value: 'shop-1' }],
      }),
    );
    expect(await inventory.find('shop-1')).toEqual(before);
  });

  test('leaves out a secret that is removed and listed still', async () => {
    const account = await openAccount();
    const secrets = awsSecrets(new SecretsManagerClient(account.settings));
    const [gone, stays] = [
      await secrets.put('shop-1', 'environment', { A: '1' }),
      await secrets.put('shop-1', 'environment', { A: '2' }),
    ];
    const entry = (ARN: string) => ({ ARN, Name: /:secret:(.*)-\w+$/.exec(ARN)?.[1] });
    const stale = { status: 200, body: JSON.stringify({ SecretList: [gone, stays].map(entry) }) };
    await new SecretsManagerClient(account.settings).send(
      new DeleteSecretCommand({ SecretId: gone, ForceDeleteWithoutRecovery: true }),
    );
    const found = await findBehind(account, (action) => (action === 'ListSecrets' ? stale : 'pass'));
    expect(found).toEqual([{ type: 'secret', id: entry(stays).Name }]);
  });

  describe('of what the index of tags still knows', () => {
    const mapping = (resource: string) => ({
      ResourceARN: `arn:aws:${resource}`,
      Tags: [
        { Key: 'hivemind:deployment', Value: 'shop-1' },
        {
          Key: 'aws:cloudformation:stack-id',
          Value: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-1-compute-blue/1',
        },
        { Key: 'aws:cloudformation:logical-id', Value: 'RunState' },
      ],
    });
    const index = (...resources: readonly string[]): Fate => ({
      status: 200,
      body: JSON.stringify({ PaginationToken: '', ResourceTagMappingList: resources.map(mapping) }),
    });
    const parameter = 'ssm:eu-west-1:123456789012:parameter/hivemind/shop-1-compute-blue/run-state';
    const resourceStatus = (status: string): Fate => ({
      status: 200,
      contentType: 'text/xml',
      body: `<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail><ResourceStatus>${status}</ResourceStatus></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>`,
    });

    test('leaves out what its service does not know any more', async () => {
      const stale = index(
        'elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/0123456789abcdef',
        'elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/0123456789abcdef',
        'rds:eu-west-1:123456789012:db:shop',
        'ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0',
        'cloudformation:eu-west-1:123456789012:stack/shop-1-compute-blue/1',
      );
      const account = await openAccount();
      expect(await findBehind(account, (action) => (action === 'GetResources' ? stale : 'pass'))).toEqual([]);
    });

    test.each([
      ['DELETE_COMPLETE', []],
      ['DELETE_SKIPPED', [{ type: 'ssm-parameter', id: 'hivemind/shop-1-compute-blue/run-state' }]],
    ])('believes the stack that made it when that says %s', async (status, left) => {
      const account = await openAccount();
      const found = await findBehind(account, (action) => {
        if (action === 'GetResources') return index(parameter);
        return action === 'DescribeStackResource' ? resourceStatus(status) : 'pass';
      });
      expect(found).toEqual(left);
    });
  });
});
