import { expect, test } from '@jest/globals';
import { awsFailure } from '../../../../src/adapters/aws/aws-failure.ts';

const said = (name: string) => Object.assign(new Error('as AWS says'), { name });

test.each([
  ['Throttling', 'Throttled'],
  ['EC2ThrottledException', 'Throttled'],
  ['PriorRequestNotComplete', 'Throttled'],
  ['RequestThrottledException', 'Throttled'],
  ['BandwidthLimitExceeded', 'Throttled'],
  ['TransactionConflictException', 'Throttled'],
  ['VpcLimitExceeded', 'QuotaExceeded'],
  ['TooManyLoadBalancers', 'QuotaExceeded'],
  ['ScalingActivityInProgressFault', 'AwsUnavailable'],
  ['OperationAbortedException', 'AwsUnavailable'],
  ['TimeoutError', 'AwsUnavailable'],
  ['ExpiredToken', 'CredentialsExpired'],
  ['AccessDeniedException', 'AccessDenied'],
  ['ValidationError', 'AwsRefused'],
])('%s is %s', (name, code) => {
  expect(awsFailure(said(name), 'do it')).toMatchObject({
    code,
    message: `could not do it: ${name}: as AWS says`,
  });
});

test('an error without a known name is told by its status', () => {
  const answer = (httpStatusCode: number) => ({ ...said('Odd'), name: 'Odd', $metadata: { httpStatusCode } });
  expect(awsFailure(answer(429), 'do it').code).toBe('Throttled');
  expect(awsFailure(answer(503), 'do it').code).toBe('AwsUnavailable');
  expect(awsFailure(answer(400), 'do it').code).toBe('AwsRefused');
});
