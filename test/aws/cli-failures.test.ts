import { afterEach, describe, expect, test } from '@jest/globals';
import { homeFrom } from '../../src/adapters/local/home.ts';
import { errorDocument } from '../../src/contracts/deployment.ts';
import { VERSION } from '../../src/contracts/version.ts';
import { TestSession } from '../fixtures/cli/test-session.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';
import { type Account, openAccount, REGION } from './account.ts';
import { become, sessionIn } from './aws-session.ts';
import { makeStack } from './control-plane-stand-in.ts';
import { operatedAccount } from './operated-account.ts';
import { type Fate, openProxy, type ProxiedCall } from './proxy.ts';

const doors: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const SOURCE = 'https://github.com/owner/shop';
const COMMANDS = [
  ['deploy', SOURCE, '--no-wait'],
  ['list'],
  ['status', 'shop'],
  ['logs', 'shop'],
  ['history', 'shop'],
  ['report', 'shop'],
  ['destroy', 'shop', '--confirm', 'shop'],
] as const;

/** The command fails with one document on stderr and nothing on stdout. */
async function failure(session: TestSession, argv: readonly string[]) {
  const code = await session.run(...argv, '--json');
  expect(session.stdout.text).toBe('');
  const { error } = errorDocument.parse(JSON.parse(session.stderr.text));
  expect(error.hint).not.toBe('');
  return { exit: code, ...error };
}

async function behind(account: Account, decide: (call: ProxiedCall) => Fate): Promise<Account> {
  const proxy = await openProxy(account, decide);
  doors.push(proxy);
  return proxy.account;
}

const refused = (type: string, message: string): Fate => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
  contentType: 'application/x-amz-json-1.1',
});

const EXPIRED: Fate = {
  status: 403,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
  contentType: 'text/xml',
};
const DENIED: Fate = {
  status: 403,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform cloudformation:DescribeStacks</Message></Error></ErrorResponse>',
  contentType: 'text/xml',
};

describe.each(COMMANDS.map((argv) => [argv]))('hivemind %j --target aws', (argv) => {
  test('without credentials', async () => {
    become({ AWS_REGION: REGION });
    const home = homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
    const session = new TestSession({ home, environment: { HIVEMIND_TARGET: 'aws' } });
    expect(await failure(session, argv)).toMatchObject({ exit: 3, code: 'NotSignedIn' });
  });

  test('with credentials that have expired', async () => {
    const account = await behind(await openAccount(), () => EXPIRED);
    expect(await failure(await sessionIn(account), argv)).toMatchObject({
      exit: 3,
      code: 'CredentialsExpired',
    });
  });

  test('without a control plane', async () => {
    const found = await failure(await sessionIn(await openAccount()), argv);
    expect(found).toMatchObject({ exit: 6, code: 'ControlPlaneMissing' });
    expect(found.hint).toMatch(/npx cdk bootstrap.*npx cdk deploy/);
  });

  test('without the permission to look', async () => {
    const account = await behind(await openAccount(), () => DENIED);
    expect(await failure(await sessionIn(account), argv)).toMatchObject({
      exit: 1,
      code: 'AccessDenied',
      message: expect.stringContaining('cloudformation:DescribeStacks'),
    });
  });
});

test('without a region', async () => {
  become({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  const home = homeFrom({ HIVEMIND_HOME: await temporaryFolder() });
  const session = new TestSession({ home, environment: { HIVEMIND_TARGET: 'aws' } });
  expect(await failure(session, ['list'])).toMatchObject({
    exit: 2,
    code: 'InvalidInput',
    hint: expect.stringContaining('AWS_REGION'),
  });
});

test('takes the region that only AWS_DEFAULT_REGION names', async () => {
  const account = await openAccount();
  const { AWS_REGION: _, ...environment } = account.environment;
  const session = await sessionIn(account);
  become(environment);
  expect(await failure(session, ['list'])).toMatchObject({ code: 'ControlPlaneMissing' });
});

test.each([
  ['0.0.1', 'ControlPlaneOutdated'],
  ['9.9.9', 'ControlPlaneOutdated'],
  [`${VERSION}`, 'ControlPlaneMissing'],
])('with a control plane of version %s that has nothing else: %s', async (version, code) => {
  const account = await openAccount();
  await makeStack(account, { version });
  expect(await failure(await sessionIn(account), ['list'])).toMatchObject({ code });
});

describe('with a control plane', () => {
  test.each([
    [['status', 'nobody'], 4, 'DeploymentNotFound'],
    [['destroy', 'nobody', '--confirm', 'nobody'], 4, 'DeploymentNotFound'],
    [['deploy', 'ext::sh -c id'], 2, 'UnsafeSource'],
    [['deploy', SOURCE, '--certificate', 'arn:aws:s3:::x'], 2, 'InvalidInput'],
    [['deploy', '/nonexistent/folder'], 4, 'SourceNotFound'],
  ])('%j ends with %s: %s', async (argv, exit, code) => {
    const operated = await operatedAccount();
    expect(await failure(await sessionIn(operated.account), argv)).toMatchObject({ exit, code });
    expect(await operated.store.listDeployments({})).toEqual([]);
  });

  test('a workflow that may not be started is on record as failed, and the name is free again', async () => {
    const operated = await operatedAccount();
    const account = await behind(operated.account, ({ action }) =>
      action === 'StartExecution'
        ? refused('AccessDeniedException', 'not authorized to perform states:StartExecution')
        : 'pass',
    );
    const deploy = ['deploy', SOURCE, '--no-wait'];
    expect(await failure(await sessionIn(account), deploy)).toMatchObject({
      exit: 1,
      code: 'AccessDenied',
      message: expect.stringContaining('states:StartExecution'),
    });
    expect(await operated.store.findDeployment('shop')).toMatchObject({
      status: 'FAILED',
      failure: { code: 'AccessDenied' },
    });
    const session = await sessionIn(operated.account);
    expect([await session.run(...deploy), session.stderr.text]).toEqual([0, '']);
  });

  test('credentials that expire while a command waits end it with what to do', async () => {
    const operated = await operatedAccount();
    let expired = false;
    const account = await behind(operated.account, () =>
      expired ? refused('ExpiredTokenException', 'The security token is expired') : 'pass',
    );
    const session = await sessionIn(account);
    const running = session.run('deploy', SOURCE, '--json');
    await operated.started();
    expired = true;
    expect(await running).toBe(3);
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe('CredentialsExpired');
  });

  test('a throttled call is made again', async () => {
    const operated = await operatedAccount();
    let calls = 0;
    const account = await behind(operated.account, ({ service }) => {
      if (service !== 'dynamodb') return 'pass';
      calls += 1;
      return calls % 3 === 1 ? refused('ThrottlingException', 'Rate exceeded') : 'pass';
    });
    const session = await sessionIn(account);
    expect(await session.run('deploy', SOURCE, '--no-wait')).toBe(0);
    expect(await operated.executions()).toHaveLength(1);
  });
});
