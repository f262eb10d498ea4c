import { Aws, type Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { accept } from '../accepted-finding.ts';
import { parameter } from './blueprint.ts';

/** The service role of the control plane may make roles and policies under this path only. */
const ROLE_PATH = '/hivemind/';
/** Where RDS writes what Enhanced Monitoring sees, for all databases of the account. */
const METRICS_LOG_GROUP = 'RDSOSMetrics';

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'monitoring.rds.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    },
  ],
};

/** Lets Enhanced Monitoring write its metrics, and nothing else. */
export function addMetricsRole(stack: Stack): CfnRole {
  const logGroup = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${METRICS_LOG_GROUP}`;
  const statement = (Action: readonly string[], Resource: string | readonly string[]) => ({
    Effect: 'Allow',
    Action,
    Resource,
  });
  const policy = new CfnManagedPolicy(stack, 'MetricsPolicy', {
    path: ROLE_PATH,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        statement(
          ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
          [
            logGroup,
            // CloudWatch Logs asks for the name with an ending.
            `${logGroup}:log-stream:`,
          ],
        ),
        statement(
          ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
          `${logGroup}:log-stream:*`,
        ),
      ],
    },
  });
  accept(policy, {
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:RDSOSMetrics:log-stream:*]':
      'RDS names the streams by resource ids that are not known beforehand; the wildcard ends at its own log group.',
  });
  return new CfnRole(stack, 'MetricsRole', {
    path: ROLE_PATH,
    permissionsBoundary: parameter(stack, 'PermissionsBoundaryArn').valueAsString,
    managedPolicyArns: [policy.ref],
    assumeRolePolicyDocument: TRUST,
  });
}
