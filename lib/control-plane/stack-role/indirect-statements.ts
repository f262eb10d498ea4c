import { arnOf, type Bounded } from '../places.ts';
import type { Statement } from '../statement.ts';
import { POLICY, ROLE } from './instance-types.ts';

/** Services whose linked role is made the first time an account uses them. */
const LINKED = ['autoscaling', 'elasticloadbalancing', 'rds'] as const;

const rolesAt = (places: Bounded, kind: string): string => arnOf({ ...places, region: '' }, 'iam', kind);

/** Only roles that have the boundary, or are given it. */
export const bounded = ({ instanceBoundary }: Bounded) => ({
  ArnEquals: { 'iam:PermissionsBoundary': instanceBoundary },
});

/** Roles are made and given rights only with the boundary, under one path, and can be passed only to what the blueprints use. */
export const roleStatements = (places: Bounded): readonly Statement[] => [
  {
    sid: 'MakeBoundedRoles',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary'],
    resources: [rolesAt(places, ROLE)],
    conditions: bounded(places),
    why: 'Roles of instances and databases, under one path and with the boundary.',
  },
  {
    sid: 'GiveBoundedRights',
    actions: ['iam:AttachRolePolicy'],
    resources: [rolesAt(places, ROLE)],
    conditions: { ...bounded(places), ArnLike: { 'iam:PolicyARN': rolesAt(places, POLICY) } },
    why: 'Roles of instances and databases, under one path and with the boundary.',
  },
  passStatement(places),
  linkStatement(places),
];

export const passStatement = (places: Bounded): Statement => ({
  sid: 'PassRoles',
  actions: ['iam:PassRole'],
  resources: [rolesAt(places, ROLE)],
  conditions: {
    StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'monitoring.rds.amazonaws.com'] },
  },
  why: 'Roles of instances and databases, under one path; only to these two services.',
});

export const linkStatement = (places: Bounded): Statement => ({
  sid: 'LinkServices',
  actions: ['iam:CreateServiceLinkedRole'],
  resources: LINKED.map((service) => rolesAt(places, `role/aws-service-role/${service}.amazonaws.com/*`)),
  conditions: {
    StringEquals: { 'iam:AWSServiceName': LINKED.map((service) => `${service}.amazonaws.com`) },
  },
  why: 'The service itself names its role and says what it may do.',
});

/** What Auto Scaling checks when it is given a launch template: that whoever asks could start such an instance. */
export const launchStatements = (places: Bounded): readonly Statement[] => [
  {
    sid: 'TagLaunched',
    actions: ['ec2:CreateTags'],
    resources: ['instance', 'network-interface', 'volume'].map((kind) => arnOf(places, 'ec2', `${kind}/*`)),
    conditions: { StringEquals: { 'ec2:CreateAction': ['RunInstances'] } },
    why: 'Instances, their volumes and interfaces are named by AWS when they start, and tagged by that call only.',
  },
  {
    sid: 'LaunchInstances',
    actions: ['ec2:RunInstances'],
    resources: [
      `arn:${places.partition}:ec2:${places.region}::image/*`,
      ...['instance', 'launch-template', 'network-interface', 'security-group', 'subnet', 'volume'].map(
        (kind) => arnOf(places, 'ec2', `${kind}/*`),
      ),
    ],
    why: 'Instances, their volumes and interfaces are named by AWS when they start.',
  },
  {
    sid: 'ReadImageId',
    actions: ['ssm:GetParameters'],
    resources: [
      `arn:${places.partition}:ssm:${places.region}::parameter/aws/service/ami-amazon-linux-latest/*`,
    ],
    why: 'Public parameters of AWS with the newest images of Amazon Linux.',
  },
];

/** Flow logs go to a bucket by way of the log delivery service, and so ask for its rights. */
export const deliveryStatements: readonly Statement[] = [
  {
    sid: 'DeliverFlowLogs',
    actions: ['logs:CreateLogDelivery', 'logs:DeleteLogDelivery'],
    resources: ['*'],
    why: 'Log deliveries belong to the account: these actions know no resource.',
  },
];
