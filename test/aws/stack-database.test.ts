import {
  DescribeLoadBalancerAttributesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BuildingFacts } from '../../src/adapters/aws/stack-engine/facts.ts';
import { awsStackEngine } from '../../src/adapters/aws/stack-engine.ts';
import type { StackEngine } from '../../src/ports/stack-engine.ts';
import { type Account, openAccount } from './account.ts';
import { BlueprintDeployment } from './blueprint-engine.ts';
import { type AwsProxy, type Fate, openProxy } from './proxy.ts';
import { answer } from './query-answers.ts';
import { engineFacts, networkRequest } from './stack-engine.ts';

const patience = { patienceSeconds: 20 };

let account: Account;
let proxy: AwsProxy;
let tell: (action: string) => Fate | Promise<Fate>;
beforeEach(async () => {
  account = await openAccount();
  tell = () => 'pass';
  proxy = await openProxy(account, ({ action }) => tell(action));
});
afterEach(() => proxy.close());

const calls = (wanted: RegExp): string[] =>
  proxy.calls.map(({ action }) => action).filter((action) => wanted.test(action));

/** Properties that are changed, as a change set has them. */
const detailsOf = (...names: readonly string[]): string =>
  `<Details>${names
    .map(
      (name) => `<member><Target><Attribute>Properties</Attribute><Name>${name}</Name>
        <RequiresRecreation>Conditionally</RequiresRecreation></Target></member>`,
    )
    .join('')}</Details>`;

describe('a change of a database stack', () => {
  const request = networkRequest({ name: 'shop-abc234-database', blueprint: 'database' });
  const larger = { ...request, parameters: { size: 'large' }, token: 'two' };
  const engineWith = (chosen: Partial<BuildingFacts> = {}): StackEngine =>
    awsStackEngine(engineFacts(proxy.account, chosen));

  /** moto finds nothing that would be replaced. */
  const foretell = (change: string): void => {
    const members = `<Changes><member><ResourceChange>${change}<LogicalResourceId>Instance</LogicalResourceId>
      <ResourceType>AWS::RDS::DBInstance</ResourceType></ResourceChange></member></Changes>`;
    tell = (action) =>
      action === 'DescribeChangeSet'
        ? { rewrite: (body) => body.replace(/<Changes>.*<\/Changes>|<Changes ?\/>/s, members) }
        : 'pass';
  };

  beforeEach(async () => {
    await engineWith().deploy(request, patience);
  });

  test('is made through a change set', async () => {
    foretell('<Action>Modify</Action><Replacement>False</Replacement>');
    expect(await engineWith().deploy(larger, patience)).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { size: 'large' },
    });
    expect(calls(/^(UpdateStack|ExecuteChangeSet)$/)).toEqual(['ExecuteChangeSet']);
  });

  test.each([
    '<Action>Modify</Action><Replacement>True</Replacement>',
    '<Action>Modify</Action><Replacement>Conditional</Replacement>',
    `<Action>Modify</Action><Replacement>Conditional</Replacement>${detailsOf('MultiAZ', 'Engine')}`,
    '<Action>Remove</Action>',
  ])('is refused when it says %s', async (change) => {
    foretell(change);
    const before = await engineWith().describe(request.name);
    expect(await engineWith().deploy(larger, patience)).toMatchObject({
      status: 'UPDATE_FAILED',
      failure: { code: 'ReplacementRefused', hint: expect.stringContaining('snapshot') },
    });
    expect(await engineWith().describe(request.name)).toEqual(before);
    expect(calls(/ChangeSet$/).at(-1)).toBe('DeleteChangeSet');
    expect(calls(/^ExecuteChangeSet$/)).toEqual([]);
  });

  test('is made where RDS changes in place what CloudFormation cannot tell', async () => {
    const details = detailsOf('BackupRetentionPeriod', 'MultiAZ');
    foretell(`<Action>Modify</Action><Replacement>Conditional</Replacement>${details}`);
    expect(await engineWith().deploy(larger, patience)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  });

  test('goes on where an earlier call has left it', async () => {
    const hasty = { patienceSeconds: 0 };
    expect(await engineWith().deploy(larger, hasty)).toMatchObject({ status: 'UPDATE_IN_PROGRESS' });
    expect(await engineWith().deploy(larger, hasty)).toMatchObject({ status: 'UPDATE_IN_PROGRESS' });
    expect(await engineWith().deploy(larger, hasty)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(calls(/^(CreateChangeSet|ExecuteChangeSet)$/)).toEqual(['CreateChangeSet', 'ExecuteChangeSet']);
  });

  test('fails with what AWS says about the change set', async () => {
    const failed = '<Status>FAILED</Status><StatusReason>Parameter Size is wrong</StatusReason>';
    tell = (action) => (/^(Describe|Delete)ChangeSet$/.test(action) ? answer(action, failed) : 'pass');
    expect(await engineWith().deploy(larger, patience)).toMatchObject({
      status: 'UPDATE_FAILED',
      failure: { code: 'StackFailed', message: expect.stringContaining('Parameter Size is wrong') },
    });
  });
});

describe('the deletion protection of production', () => {
  test('of a load balancer is lifted when its stack is removed', async () => {
    const deployment = await BlueprintDeployment.open(proxy.account);
    await deployment.network();
    const { name, outputs } = await deployment.loadBalancer({ deletionProtection: 'true' });
    let attributes: unknown;
    tell = async (action): Promise<Fate> => {
      if (action === 'DeleteStack') attributes = await attributesOf(outputs['loadBalancerArn'] ?? '');
      return 'pass';
    };
    const before = await attributesOf(outputs['loadBalancerArn'] ?? '');
    expect(before).toContainEqual({ Key: 'deletion_protection.enabled', Value: 'true' });
    expect(await deployment.engine.remove(name, patience)).toBe(true);
    expect(calls(/^(ModifyLoadBalancerAttributes|DeleteStack)$/)).toEqual([
      'ModifyLoadBalancerAttributes',
      'DeleteStack',
    ]);
    expect(attributes).toContainEqual({ Key: 'deletion_protection.enabled', Value: 'false' });
  });

  test('of a database is lifted when its stack is removed', async () => {
    const deployment = await BlueprintDeployment.open(proxy.account);
    await deployment.network();
    const { name } = await deployment.database('postgres-production');
    expect(await protectedDatabases()).toEqual([true]);
    expect(await deployment.engine.remove(name, patience)).toBe(true);
    expect(calls(/^(ModifyDBInstance|DeleteStack)$/)).toEqual(['ModifyDBInstance', 'DeleteStack']);
    expect(await protectedDatabases()).toEqual([]);
  });

  test('of a database that is busy is lifted later, before anything is deleted', async () => {
    const deployment = await BlueprintDeployment.open(proxy.account);
    await deployment.network();
    const { name } = await deployment.database('postgres-production');
    tell = (action) => (action === 'ModifyDBInstance' ? BUSY : 'pass');
    expect(await deployment.engine.remove(name, { patienceSeconds: 0 })).toBe(false);
    expect(calls(/^DeleteStack$/)).toEqual([]);
    tell = () => 'pass';
    expect(await deployment.engine.remove(name, patience)).toBe(true);
  });

  test('is lifted and all is removed when the answers get lost', async () => {
    const deployment = await BlueprintDeployment.open(proxy.account);
    await deployment.network();
    const balancer = await deployment.loadBalancer({ deletionProtection: 'true' });
    const database = await deployment.database('postgres-production');
    const lost = new Set<string>();
    tell = (action) => {
      const first = !lost.has(action);
      if (!/^(Modify|Delete)/.test(action) || !first) return 'pass';
      lost.add(action);
      return 'lose';
    };
    for (const { name } of [database, balancer])
      expect(await deployment.engine.remove(name, patience)).toBe(true);
    expect([...lost].toSorted()).toEqual(['DeleteStack', 'ModifyDBInstance', 'ModifyLoadBalancerAttributes']);
    expect((await deployment.engine.list(deployment.deploymentId)).map(({ blueprint }) => blueprint)).toEqual(
      ['network'],
    );
  });

  const BUSY: Fate = {
    status: 400,
    contentType: 'text/xml',
    body: '<ErrorResponse><Error><Code>InvalidDBInstanceState</Code><Message>backing-up</Message></Error></ErrorResponse>',
  };

  async function attributesOf(LoadBalancerArn: string): Promise<unknown> {
    const client = new ElasticLoadBalancingV2Client(account.settings);
    return (await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }))).Attributes;
  }

  async function protectedDatabases(): Promise<(boolean | undefined)[]> {
    const { DBInstances } = await new RDSClient(account.settings).send(new DescribeDBInstancesCommand({}));
    return (DBInstances ?? []).map(({ DeletionProtection }) => DeletionProtection);
  }
});
