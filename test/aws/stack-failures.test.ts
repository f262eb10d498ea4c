import { describe, expect, test } from '@jest/globals';
import { explainedFailure } from '../../src/adapters/aws/stack-engine/explained-failure.ts';
import { failureOf } from '../../src/adapters/aws/stack-engine/failure.ts';
import type { Operation } from '../../src/adapters/aws/stack-engine/operation.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { openAccount } from './account.ts';
import { engineFacts, OUR_TAGS } from './stack-engine.ts';

const operationWith = (reason: string, chosen: Partial<Operation> = {}): Operation => ({
  tokens: new Set(),
  failures: [
    { logicalId: 'Group', physicalId: 'g', type: 'AWS::X::Y', status: 'CREATE_FAILED', reason },
    {
      logicalId: 'Other',
      physicalId: 'o',
      type: 'AWS::X::Y',
      status: 'CREATE_FAILED',
      reason: 'Resource creation cancelled',
    },
  ],
  stackEvents: [],
  failedSignals: [],
  lastEventAt: 0,
  ...chosen,
});

describe('the code of a failure', () => {
  test.each([
    ['QuotaExceeded', 'The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400)'],
    [
      'QuotaExceeded',
      'Resource handler returned message: "The maximum number of addresses has been reached." (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)',
    ],
    ['QuotaExceeded', 'You have requested more vCPU capacity than your current vCPU limit of 5 allows'],
    ['QuotaExceeded', 'DB Instance quota exceeded (InstanceQuotaExceeded)'],
    ['AccessDenied', 'API: ec2:CreateVpc You are not authorized to perform this operation.'],
    [
      'AccessDenied',
      'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: rds:CreateDBInstance',
    ],
    [
      'Throttled',
      'Rate exceeded (Service: ElasticLoadBalancing, Status Code: 400, HandlerErrorCode: Throttling)',
    ],
    ['Throttled', 'Request limit exceeded.'],
    [
      'StartFailed',
      'Received 1 FAILURE signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    ],
    [
      'StageTimedOut',
      'Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    ],
    ['StageTimedOut', 'Failed to receive 1 resource signal(s) for the current batch.'],
    ['StackFailed', 'Something that nobody has seen before'],
  ])('%s: %s', (code, reason) => {
    const failure = failureOf('shop', 'created', operationWith(reason));
    expect(failure).toMatchObject({
      code,
      hint: expect.any(String),
      message: expect.stringMatching(/^the stack "shop" could not be created: Group \(AWS::X::Y\): /),
    });
    expect(failure.message).not.toMatch(/RequestToken|Request ID|Resource handler/);
  });
});

test('what CloudFormation wrote down is the log of the failure: what failed, and how the stack is now', () => {
  const about = { logicalId: 'shop', physicalId: 'x', type: 'AWS::CloudFormation::Stack', reason: '' };
  const stackEvents = [
    { ...about, status: 'ROLLBACK_COMPLETE' },
    { ...about, status: 'ROLLBACK_IN_PROGRESS' },
  ];
  const reason = 'Resource handler returned message: "Exceeded attempts to wait" (RequestToken: 1)';
  expect(failureOf('shop', 'created', operationWith(reason, { stackEvents })).logTail).toEqual([
    'CREATE_FAILED | AWS::X::Y | Group | Exceeded attempts to wait',
    'CREATE_FAILED | AWS::X::Y | Other | Resource creation cancelled',
    'ROLLBACK_COMPLETE | AWS::CloudFormation::Stack | shop',
  ]);
});

test('lines in the signal of a wait condition are the log of the failure', () => {
  const reason =
    "WaitCondition received failed message: 'starting\nError: no DATABASE_URL' for uniqueId: i-1";
  expect(failureOf('shop', 'created', operationWith(reason))).toMatchObject({
    code: 'StartFailed',
    logTail: ['starting', 'Error: no DATABASE_URL'],
  });
});

test('a stack that failed as a whole has the reason of the whole', () => {
  const stackEvents = [
    {
      logicalId: 'shop',
      physicalId: 'x',
      type: 'AWS::CloudFormation::Stack',
      status: 'ROLLBACK_IN_PROGRESS',
      reason: 'No export named shop-network-VpcId found. Rollback requested by user.',
    },
  ];
  expect(failureOf('shop', 'created', operationWith('', { failures: [], stackEvents })).message).toContain(
    'could not be created: No export named',
  );
});

describe('a start that failed', () => {
  const operation = operationWith('Received 1 FAILURE signal(s) out of 1.', { failedSignals: ['i-0abc'] });
  const stack = { name: 'shop-abc234-compute-blue', tags: OUR_TAGS };
  const line = (text: string) => ({ time: '', source: 'instance' as const, name: 'i-0abc', text });
  const explained = async (instanceLogs: Pick<Telemetry, 'read'>) =>
    explainedFailure({ ...engineFacts(await openAccount()), instanceLogs }, stack, 'created', operation);

  test('is told with the log of the instance that gave the signal', async () => {
    const lines = [
      line('Error: no DATABASE_URL'),
      line('[hivemind] boot failed: the process web exited with code 1'),
    ];
    const queries: unknown[] = [];
    const failure = await explained({
      read: async (query) => {
        queries.push(query);
        return lines;
      },
    });
    expect(queries).toMatchObject([{ deploymentId: 'shop-abc234', sources: ['instance'], name: 'i-0abc' }]);
    expect(failure).toMatchObject({
      code: 'StartFailed',
      message: 'the release did not start on i-0abc: the process web exited with code 1',
      logTail: lines.map(({ text }) => text),
    });
  });

  test('is told as well when the log cannot be read', async () => {
    const failure = await explained({ read: async () => Promise.reject(new Error('no log')) });
    expect(failure).toMatchObject({ code: 'StartFailed', logTail: [] });
  });
});
