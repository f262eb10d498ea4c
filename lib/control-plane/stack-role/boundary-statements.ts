import { arnOf, type Bounded, CONTROL_PLANE_PATH } from '../places.ts';
import type { Statement } from '../statement.ts';
import { bounded, linkStatement, passStatement } from './indirect-statements.ts';
import { POLICY, PROFILE, ROLE } from './instance-types.ts';

const GIVES_NOTHING =
  'A boundary gives nothing, it ends what other policies give. Those of this role name every action; here the verbs of a service stand for them, because a policy holds 6,144 characters.';

/**
 * The most that CloudFormation can do for deployments, whatever policies its role is given one day: with these services, in this region
 * and account, roles within their own boundary, and nothing of the control plane. A test proves that all that the policies allow is in it.
 */
export const stackBoundaryStatements = (places: Bounded): readonly Statement[] => [
  lookStatement(places),
  ...SERVICES.map((service) => serviceStatement(service, places)),
  ...identityStatements(places),
  keyStatement(places),
  // Last: cdk-nag takes what is denied for allowed when an allowing statement comes after it.
  ...denials(places),
];

const lookStatement = ({ region }: Bounded): Statement => ({
  sid: 'Look',
  actions: [
    ...['autoscaling', 'ec2', 'elasticloadbalancing', 'rds'].map((service) => `${service}:Describe*`),
    ...['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups'],
    ...['secretsmanager:GetRandomPassword', 'ssm:DescribeParameters'],
  ],
  resources: ['*'],
  conditions: { StringEquals: { 'aws:RequestedRegion': [region] } },
  why: 'The services know no resource for most of these actions, nearly all of which only read; they are held to one region.',
});

interface Service {
  readonly name: string;
  /** Its actions begin with one of these. */
  readonly verbs: readonly string[];
  /** Of this account and region; what begins with `::` belongs to AWS. */
  readonly kinds: readonly string[];
}

const TAGGING = ['List', 'Tag', 'Untag'] as const;

const SERVICES: readonly Service[] = [
  {
    name: 'ec2',
    verbs: [
      ...['Allocate', 'Associate', 'Attach', 'Authorize', 'Create', 'Delete', 'Detach', 'Disassociate'],
      ...['Modify', 'Release', 'Replace', 'Revoke', 'RunInstances', 'Update'],
    ],
    kinds: ['*', '::image/*'],
  },
  {
    name: 'elasticloadbalancing',
    verbs: ['Add', 'Create', 'Delete', 'Modify', 'Remove', 'Set'],
    kinds: ['*/app/*', 'targetgroup/*'],
  },
  {
    name: 'rds',
    verbs: ['Add', 'Create', 'Delete', 'List', 'Modify', 'Reboot', 'Remove', 'Reset'],
    kinds: ['*:*-database*', 'auto-backup:*', '*:default*'],
  },
  {
    name: 'autoscaling',
    verbs: ['Create', 'Delete', 'Disable', 'Enable', 'Put', 'Resume', 'Suspend', 'Terminate', 'Update'],
    kinds: ['autoScalingGroup:*:autoScalingGroupName/*-compute-*'],
  },
  {
    name: 'cloudwatch',
    verbs: ['Delete', 'Describe', 'Get', 'Put', ...TAGGING],
    kinds: ['alarm:*', 'dashboard/*-??????'],
  },
  {
    name: 'logs',
    verbs: ['Create', 'Delete', 'Put', ...TAGGING],
    kinds: ['log-group:/aws/rds/instance/*-database/*'],
  },
  {
    name: 'secretsmanager',
    verbs: ['Create', 'Delete', 'Describe', 'Get', 'Update', 'Tag', 'Untag'],
    kinds: ['secret:hivemind/*'],
  },
  {
    name: 'ssm',
    verbs: ['Add', 'Delete', 'Get', 'List', 'Put', 'Remove'],
    kinds: ['parameter/hivemind/*', '::parameter/aws/service/*'],
  },
  {
    name: 'xray',
    verbs: ['Create', 'Delete', 'Get', 'Update', ...TAGGING],
    kinds: ['group/hivemind-*'],
  },
];

const serviceStatement = ({ name, verbs, kinds }: Service, places: Bounded): Statement => ({
  sid: name,
  actions: verbs.map((verb) => `${name}:${verb}*`),
  resources: kinds.map((kind) => kindArn(places, name, kind)),
  why: GIVES_NOTHING,
});

/** ARNs of dashboards have no region. */
function kindArn(places: Bounded, service: string, kind: string): string {
  if (kind.startsWith('::')) return `arn:${places.partition}:${service}:${places.region}${kind}`;
  return arnOf(kind.startsWith('dashboard/') ? { ...places, region: '' } : places, service, kind);
}

const identityStatements = (places: Bounded): readonly Statement[] => [
  {
    sid: 'Identities',
    actions: [
      ...['Get*', 'List*', '*InstanceProfile', 'CreatePolicy*', 'DeletePolicy*', 'DeleteRole', 'UpdateRole*'],
      ...['UpdateAssumeRolePolicy', 'DetachRolePolicy', 'TagRole', 'UntagRole'],
    ].map((action) => `iam:${action}`),
    resources: [ROLE, POLICY, PROFILE].map((kind) => arnOf({ ...places, region: '' }, 'iam', kind)),
    why: `${GIVES_NOTHING} All that deployments have is under this path; what makes a role or gives it rights is not among these verbs.`,
  },
  {
    sid: 'BoundedRoles',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy'],
    resources: [arnOf({ ...places, region: '' }, 'iam', ROLE)],
    conditions: bounded(places),
    why: 'Roles of instances and databases, under one path and with their boundary.',
  },
  passStatement(places),
  linkStatement(places),
];

/**
 * No policy of the role speaks of keys. Those that AWS keeps for disks, databases and secrets let in whoever uses these services, and a
 * boundary that says nothing of them might end that.
 */
const keyStatement = (places: Bounded): Statement => ({
  sid: 'KeysOfServices',
  actions: ['CreateGrant', 'Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*'].map(
    (action) => `kms:${action}`,
  ),
  resources: [arnOf(places, 'kms', 'key/*')],
  conditions: {
    StringEquals: {
      'kms:ViaService': ['ec2', 'rds', 'secretsmanager'].map(
        (service) => `${service}.${places.region}.amazonaws.com`,
      ),
    },
  },
  why: 'Keys that AWS keeps have ids that nobody knows before; they are used only by way of the services in the condition.',
});

/** Denied, not only left out: that also ends what the policy of a bucket, a queue or a key might allow. */
const denials = (places: Bounded): readonly Statement[] => [
  {
    sid: 'NoOtherServices',
    denies: true,
    actions: ['codebuild', 'dynamodb', 'events', 'lambda', 's3', 'sns', 'sqs', 'states'].map(
      (service) => `${service}:*`,
    ),
    resources: ['*'],
  },
  {
    sid: 'NotTheControlPlane',
    denies: true,
    actions: ['iam', 'kms', 'logs', 'secretsmanager', 'ssm'].map((service) => `${service}:*`),
    resources: [
      ...['role', 'policy'].map((kind) =>
        arnOf({ ...places, region: '' }, 'iam', `${kind}${CONTROL_PLANE_PATH}*`),
      ),
      places.key,
      arnOf(places, 'logs', 'log-group:/hivemind/*'),
      arnOf(places, 'secretsmanager', 'secret:hivemind/git/*'),
      places.instanceDocument,
    ],
  },
];
