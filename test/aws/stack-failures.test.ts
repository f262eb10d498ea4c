import { describe, expect, test } from '@jest/globals';
import { explainedFailure } from '../../src/adapters/aws/stack-engine/explained-failure.ts';
import type { ReadingFacts } from '../../src/adapters/aws/stack-engine/facts.ts';
import { failureOf } from '../../src/adapters/aws/stack-engine/failure.ts';
import type { Launch } from '../../src/adapters/aws/stack-engine/launches.ts';
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
  beganAt: 0,
  failedAt: undefined,
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
    [
      'QuotaExceeded',
      'Group did not stabilize. {current/minimum/maximum group size} = {0/1/1}. Failed Scaling Activity: You have requested more vCPU capacity than your current vCPU limit of 1 allows',
    ],
    ['QuotaExceeded', 'Your quota allows for 0 more running instance(s). You requested at least 1.'],
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
    ['StageTimedOut', 'Group did not stabilize. {current/minimum/maximum group size} = {0/1/1}.'],
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

describe('signals of instances that are missing', () => {
  const MISSING = 'Received 0 SUCCESS signal(s) out of 1.';
  const NO_CAPACITY =
    'We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (eu-west-1a).';
  const NO_VCPUS = 'You have requested more vCPU capacity than your current vCPU limit of 1 allows';
  const operation = operationWith(MISSING, { beganAt: 1000, failedAt: 5000 });
  const stack = {
    name: 'shop-abc234-compute-blue',
    tags: { ...OUR_TAGS, 'hivemind:blueprint': 'compute' },
  };
  const explained = async (
    launchesOf: NonNullable<ReadingFacts['launchesOf']>,
    verb: 'created' | 'changed' = 'created',
  ) => explainedFailure(engineFacts(await openAccount(), { launchesOf }), stack, verb, operation);

  test.each([
    ['QuotaExceeded', NO_VCPUS, 'Service Quotas'],
    ['StackFailed', NO_CAPACITY, 'deploy again later'],
    ['StackFailed', 'Something that nobody has seen before', 'mend what AWS says'],
  ])('are explained by the launch that failed: %s: %s', async (code, failure, hint) => {
    const said = await explained(async () => [
      { beganAt: 4000, failure },
      { beganAt: 2000, failure: undefined },
    ]);
    expect(said).toMatchObject({
      code,
      message: `the stack "shop-abc234-compute-blue" could not be created: an instance could not be launched: ${failure}`,
      hint: expect.stringContaining(hint),
    });
    expect(said.logTail.join('\n')).toContain(MISSING);
  });

  test.each<[string, readonly Launch[]]>([
    ['none failed', []],
    [
      'a later one went well',
      [4000, 2000].map((at) => ({ beganAt: at, failure: at < 3000 ? NO_VCPUS : undefined })),
    ],
    ['it failed before', [{ beganAt: 500, failure: NO_VCPUS }]],
    ['it failed on the way back to what was before', [{ beganAt: 6000, failure: NO_VCPUS }]],
  ])('are told as such when %s', async (_why, launches) => {
    expect(await explained(async () => launches, 'changed')).toMatchObject({ code: 'StageTimedOut' });
  });

  test('are told as well when nobody can say what was launched', async () => {
    const denied = async () => Promise.reject(new Error('denied'));
    expect(await explained(denied)).toMatchObject({ code: 'StageTimedOut' });
  });
});
