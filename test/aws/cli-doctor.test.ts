import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AwsCheck } from '../../apps/api/aws-doctor.ts';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { BOOTSTRAP_PARAMETER } from '../../src/adapters/aws/account/bootstrap.ts';
import { createTableInput } from '../../src/adapters/aws/deployment-store/table.ts';
import { awsDeploymentStore } from '../../src/adapters/aws/deployment-store.ts';
import { homeFrom } from '../../src/adapters/local/home.ts';
import { VERSION } from '../../src/contracts/version.ts';
import { TestSession } from '../fixtures/cli/test-session.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type Account, openAccount, REGION } from './account.ts';
import { become, sessionIn } from './aws-session.ts';
import { makeStack } from './control-plane-stand-in.ts';
import { type Fate, openProxy, type ProxiedCall } from './proxy.ts';

const doors: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const json = (status: number, body: object): Fate => ({
  status,
  body: JSON.stringify(body),
  contentType: 'application/x-amz-json-1.1',
});

/** The emulator knows the quotas of VPCs only; those of the others are answered here, as the service does. */
const QUOTAS: Record<string, number> = { 'L-0263D0A3': 5, 'L-1216C47A': 16, 'L-53DA6B97': 50 };

function quotas({ service, action, body }: ProxiedCall): Fate {
  if (service !== 'servicequotas') return 'pass';
  const { QuotaCode } = JSON.parse(body);
  const Value = QUOTAS[QuotaCode];
  if (Value === undefined) return 'pass';
  if (action === 'GetServiceQuota' && QuotaCode === 'L-53DA6B97') {
    return json(400, { __type: 'NoSuchResourceException', message: 'nobody asked for another' });
  }
  return json(200, { Quota: { QuotaCode, Value } });
}

const refused = (action: string): Fate =>
  json(400, { __type: 'AccessDeniedException', message: `you are not authorized to perform ${action}` });

async function accountWithQuotas(decide: (call: ProxiedCall) => Fate = quotas): Promise<Account> {
  const proxy = await openProxy(await openAccount(), decide);
  doors.push(proxy);
  return proxy.account;
}

async function bootstrapped({ settings }: Account, version = '28'): Promise<void> {
  await new SSMClient(settings).send(
    new PutParameterCommand({ Name: BOOTSTRAP_PARAMETER, Value: version, Type: 'String' }),
  );
}

const COMPLETE = {
  table: 't',
  artifactBucket: 'b',
  accessLogBucket: 'l',
  logGroup: 'g',
  buildProject: 'p',
  stackRoleArn: 'r',
  permissionsBoundaryArn: 'p',
  instanceDocument: 'd',
  alarmTopicArn: 'a',
  stateMachineArnPrefix: 'd',
  models: '{}',
  version: VERSION,
};

async function examine(session: TestSession) {
  const code = await session.run('doctor', '--json');
  expect(session.stderr.text).toBe('');
  const { checks }: { checks: AwsCheck[] } = JSON.parse(session.stdout.text);
  for (const { status, mend } of checks) expect(mend === null).toBe(status === 'ok');
  return { code, checks, of: (name: string) => checks.find((check) => check.name === name) };
}

describe('hivemind doctor --target aws', () => {
  test('finds an account in order', async () => {
    const account = await accountWithQuotas();
    await bootstrapped(account);
    await makeStack(account, COMPLETE);
    const client = new DynamoDBClient(account.settings);
    await client.send(new CreateTableCommand(createTableInput(COMPLETE.table)));
    const { code, checks, of } = await examine(await sessionIn(account));
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ...['Node', 'git', 'AWS region', 'credentials', 'bootstrap', 'control plane', 'freeze'].map((name) => [
        name,
        'ok',
      ]),
      ...['VPCs', 'Elastic IPs', 'vCPUs', 'load balancers', 'models'].map((name) => [name, 'ok']),
    ]);
    expect(code).toBe(0);
    expect(of('AWS region')?.detail).toBe(REGION);
    expect(of('credentials')?.detail).toContain(account.accountId);
    expect(of('load balancers')?.detail).toBe('0 of 50 in use');
    const store = awsDeploymentStore({ client, table: COMPLETE.table, clock: systemClock });
    await store.putFreeze({ reason: 'fire', actor: 'ada@desk', at: systemClock.now() });
    const frozen = await examine(await sessionIn(account));
    expect(frozen.of('freeze')).toMatchObject({ status: 'warn', detail: expect.stringContaining('fire') });
  });

  test('says what to run in an empty account', async () => {
    const account = await accountWithQuotas();
    const { code, of } = await examine(await sessionIn(account));
    expect(code).toBe(1);
    expect(of('bootstrap')).toMatchObject({
      status: 'fail',
      mend: expect.stringContaining(`npx cdk bootstrap aws://${account.accountId}/${REGION}`),
    });
    expect(of('control plane')).toMatchObject({
      status: 'fail',
      mend: expect.stringContaining('npx cdk deploy'),
    });
  });

  test('shows it to people too', async () => {
    const session = await sessionIn(await accountWithQuotas());
    expect(await session.run('doctor', '--target', 'aws')).toBe(1);
    expect(session.stdout.text).toContain('to do: run, in the folder of HiveMind: npx cdk bootstrap');
    expect(session.stdout.text).toContain('2 to mend before deployments work');
  });

  test.each([
    ['5', 'fail'],
    ['6', 'ok'],
  ])('takes a bootstrap of version %s for %s', async (version, status) => {
    const account = await accountWithQuotas();
    await bootstrapped(account, version);
    expect((await examine(await sessionIn(account))).of('bootstrap')?.status).toBe(status);
  });

  test.each([
    [{ ...COMPLETE, version: '0.0.9' }, 'is of version 0.0.9'],
    [{ table: 't', version: VERSION }, 'without ArtifactBucket'],
  ])('says what is wrong with a control plane %#', async (outputs, detail) => {
    const account = await accountWithQuotas();
    await makeStack(account, outputs);
    const { of } = await examine(await sessionIn(account));
    expect(of('control plane')).toMatchObject({ status: 'fail', detail: expect.stringContaining(detail) });
  });

  test('warns when a quota is nearly used up', async () => {
    const account = await accountWithQuotas();
    const ec2 = new EC2Client(account.settings);
    // A new account has one VPC already, and a quota of five.
    for (let index = 0; index < 4; index += 1) {
      await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` }));
    }
    const { of } = await examine(await sessionIn(account));
    expect(of('VPCs')).toMatchObject({
      status: 'warn',
      detail: '5 of 5 in use',
      mend: expect.stringContaining('Service Quotas'),
    });
  });

  test('fails when nothing is left of what every deployment needs', async () => {
    const none = await accountWithQuotas((call) => {
      const fate = quotas(call);
      return call.body.includes('L-1216C47A') ? json(200, { Quota: { Value: 0 } }) : fate;
    });
    const { code, of } = await examine(await sessionIn(none));
    expect(of('vCPUs')).toMatchObject({ status: 'fail', detail: '0 of 0 in use' });
    expect(code).toBe(1);
  });

  test('goes on without permissions, and names those that are missing', async () => {
    const account = await accountWithQuotas((call) =>
      call.service === 'ssm'
        ? refused('ssm:GetParameter')
        : call.service === 'servicequotas'
          ? refused('servicequotas:GetServiceQuota')
          : 'pass',
    );
    await makeStack(account, COMPLETE);
    const { code, of } = await examine(await sessionIn(account));
    expect(of('bootstrap')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('ssm:GetParameter'),
    });
    expect(of('VPCs')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('servicequotas:GetServiceQuota'),
    });
    expect(of('control plane')?.status).toBe('ok');
    expect(code).toBe(0);
  });
});

describe('hivemind doctor --target aws, signed in nowhere', () => {
  const session = async () =>
    new TestSession({
      home: homeFrom({ HIVEMIND_HOME: await temporaryFolder() }),
      environment: { HIVEMIND_TARGET: 'aws' },
    });

  test('says that no region is chosen', async () => {
    become({});
    const { code, checks, of } = await examine(await session());
    expect(checks.map(({ name }) => name)).toEqual(['Node', 'git', 'AWS region']);
    expect(of('AWS region')).toMatchObject({ status: 'fail', mend: expect.stringContaining('AWS_REGION') });
    expect(code).toBe(1);
  });

  test('says that there are no credentials', async () => {
    become({ AWS_REGION: REGION });
    const { checks, of } = await examine(await session());
    expect(checks.map(({ name }) => name)).toEqual(['Node', 'git', 'AWS region', 'credentials']);
    expect(of('credentials')).toMatchObject({ status: 'fail', mend: expect.stringContaining('sign in') });
  });

  test('says that the credentials have expired', async () => {
    const account = await accountWithQuotas(() => ({
      status: 403,
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
      contentType: 'text/xml',
    }));
    const { of } = await examine(await sessionIn(account));
    expect(of('credentials')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('expired'),
      mend: expect.stringContaining('aws sso login'),
    });
  });
});
