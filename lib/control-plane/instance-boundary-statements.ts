import { INSTANCE_MESSAGES } from '../instance-messages.ts';
import { arnOf, type Ground } from './places.ts';
import type { Statement } from './statement.ts';

const OWN_PART = 'Every role is given the part of its own deployment; this is where all of them are.';
const NO_RESOURCE = 'The service knows no resource for these actions: they speak for the instance itself.';

/**
 * The most that any role made by the stacks of deployments can ever do, whatever its own policies say: the actions that the
 * blueprints give, and no other. A test compares.
 */
export const instanceBoundaryStatements = (places: Ground): readonly Statement[] => [
  ...managementStatements(places),
  ...MEASURING,
  ...releaseStatements(places),
  ...logStatements(places),
];

/** What the agent of Systems Manager does. */
const managementStatements = (places: Ground): readonly Statement[] => [
  {
    sid: 'Register',
    actions: ['ssm:UpdateInstanceInformation', 'ssm:ListInstanceAssociations'],
    resources: [arnOf(places, 'ec2', 'instance/*')],
    why: 'The agent of Systems Manager speaks for its own instance only.',
  },
  {
    sid: 'Messages',
    actions: INSTANCE_MESSAGES,
    resources: ['*'],
    why: NO_RESOURCE,
  },
];

const MEASURING: readonly Statement[] = [
  {
    sid: 'Measure',
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': 'HiveMind/Instances' } },
    why: NO_RESOURCE,
  },
  {
    sid: 'Trace',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
    why: NO_RESOURCE,
  },
];

/** What an instance reads of its release when it boots, and how it says that it has. */
const releaseStatements = (places: Ground): readonly Statement[] => [
  {
    sid: 'Artifacts',
    actions: ['s3:GetObject'],
    resources: [`${places.artifactBucket}/artifacts/*`],
    why: OWN_PART,
  },
  {
    sid: 'Key',
    actions: ['kms:Decrypt'],
    resources: [places.key],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${places.region}.amazonaws.com` } },
  },
  {
    sid: 'Secrets',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [arnOf(places, 'secretsmanager', 'secret:hivemind/*')],
    why: OWN_PART,
  },
  {
    sid: 'RunStates',
    actions: ['ssm:GetParameter'],
    resources: [arnOf(places, 'ssm', 'parameter/hivemind/*')],
    why: OWN_PART,
  },
  {
    sid: 'Signal',
    actions: ['cloudformation:SignalResource'],
    resources: [arnOf(places, 'cloudformation', 'stack/*-compute-*')],
    why: OWN_PART,
  },
];

/** Of instances, and of RDS, which writes what it measures into a group of its own. */
const logStatements = (places: Ground): readonly Statement[] => {
  const metrics = arnOf(places, 'logs', 'log-group:RDSOSMetrics');
  return [
    {
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
      resources: [`${places.logGroup}:log-stream:*`, `${metrics}:log-stream:*`],
      why: OWN_PART,
    },
    {
      sid: 'MetricsLog',
      actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
      resources: [metrics, `${metrics}:log-stream:`],
    },
  ];
};
