import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import { CfnInstanceProfile, CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { INSTANCE_METRICS_NAMESPACE } from '../../src/contracts/instance-program.ts';
import { accept } from '../accepted-finding.ts';
import { INSTANCE_MESSAGES } from '../instance-messages.ts';
import { when } from './blueprint.ts';
import type { ReleaseParameters } from './compute-parameters.ts';

/** The service role of the control plane may make roles and policies under this path only. */
const ROLE_PATH = '/hivemind/';

const arn = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

const allow = (sid: string, actions: readonly string[], resource: string, condition?: object) => ({
  Sid: sid,
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
  ...(condition && { Condition: condition }),
});

/** An instance can read its release and its secrets, say how it is, and take commands. The application cannot use the role. */
export function addInstanceProfile(stack: Stack, release: ReleaseParameters): CfnInstanceProfile {
  const policy = new CfnManagedPolicy(stack, 'InstancePolicy', {
    path: ROLE_PATH,
    description: 'What the instances of one release may do',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [...commands(), ...ownBelongings(release), ...telemetry(release)],
    },
  });
  accept(policy, {
    'AwsSolutions-IAM5[Resource::*]':
      'The message channels of Systems Manager and PutMetricData know no resources. Metrics are held to one namespace by a condition.',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]':
      'An instance has no id before it exists. What it registers is itself: Systems Manager takes the id from the credentials of the instance.',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:hivemind/<DeploymentId>/*]':
      'All secrets under this path belong to the same deployment; their names end in random characters.',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<LogGroup>:log-stream:<DeploymentId>/*]':
      'All log streams under this path belong to the same deployment; they are named by the ids of instances.',
  });
  const role = new CfnRole(stack, 'InstanceRole', {
    path: ROLE_PATH,
    description: 'Instances of one release',
    permissionsBoundary: release.permissionsBoundaryArn.valueAsString,
    managedPolicyArns: [policy.ref],
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
  });
  addTraces(stack, role, release);
  return new CfnInstanceProfile(stack, 'InstanceProfile', { path: ROLE_PATH, roles: [role.ref] });
}

/** A policy of its own, because it is there only when traces are on. */
function addTraces(stack: Stack, role: CfnRole, { xray }: ReleaseParameters): void {
  const policy = new CfnManagedPolicy(stack, 'TracesPolicy', {
    path: ROLE_PATH,
    description: 'What the instances of one release may tell X-Ray',
    roles: [role.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [allow('Traces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')],
    },
  });
  policy.cfnOptions.condition = when(stack, 'Traces', Fn.conditionEquals(xray.valueAsString, 'true'));
  accept(policy, {
    'AwsSolutions-IAM5[Resource::*]':
      'X-Ray knows no resources for the segments and the telemetry that it is sent; the policy is there only while traces are on.',
  });
}

/** What Run Command needs of the policy AmazonSSMManagedInstanceCore: no parameters, documents or inventory of the account. */
const commands = () => [
  allow(
    'Register',
    ['ssm:UpdateInstanceInformation', 'ssm:ListInstanceAssociations'],
    arn('ec2', 'instance/*'),
  ),
  allow('Messages', INSTANCE_MESSAGES, '*'),
];

function ownBelongings({ deploymentId, artifact, artifactBucket }: ReleaseParameters) {
  const key = `artifacts/${artifact.valueAsString}/artifact.tar.gz`;
  return [
    allow('Artifact', ['s3:GetObject'], `arn:${Aws.PARTITION}:s3:::${artifactBucket.valueAsString}/${key}`),
    allow(
      'Secrets',
      ['secretsmanager:GetSecretValue'],
      arn('secretsmanager', `secret:hivemind/${deploymentId.valueAsString}/*`),
    ),
    allow('RunState', ['ssm:GetParameter'], arn('ssm', `parameter/hivemind/${Aws.STACK_NAME}/run-state`)),
    allow('Signal', ['cloudformation:SignalResource'], Aws.STACK_ID),
  ];
}

const telemetry = ({ deploymentId, logGroup }: ReleaseParameters) => [
  allow(
    'Logs',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('logs', `log-group:${logGroup.valueAsString}:log-stream:${deploymentId.valueAsString}/*`),
  ),
  allow('Metrics', ['cloudwatch:PutMetricData'], '*', {
    StringEquals: { 'cloudwatch:namespace': INSTANCE_METRICS_NAMESPACE },
  }),
];
