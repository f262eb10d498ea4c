import { INSTANCE_ROLE_PATH } from '../places.ts';
import type { ResourceTypes } from './resource-type.ts';

const GROUP = 'autoScalingGroup:*:autoScalingGroupName/*-compute-*';
const RUN_STATE = 'parameter/hivemind/*';
export const ROLE = `role${INSTANCE_ROLE_PATH}*`;
export const POLICY = `policy${INSTANCE_ROLE_PATH}*`;
export const PROFILE = `instance-profile${INSTANCE_ROLE_PATH}*`;

export const INSTANCE_TYPES: ResourceTypes = {
  'AWS::EC2::LaunchTemplate': {
    service: 'ec2',
    make: { actions: ['CreateLaunchTemplate'], on: ['launch-template/*'] },
    tag: { actions: ['CreateTags'], on: ['launch-template/*'], within: ['CreateLaunchTemplate'] },
    change: {
      actions: [
        'CreateLaunchTemplateVersion',
        'ModifyLaunchTemplate',
        'DeleteLaunchTemplateVersions',
        'DeleteLaunchTemplate',
        'CreateTags',
        'DeleteTags',
      ],
      on: ['launch-template/*'],
    },
    look: ['DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions'],
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    service: 'autoscaling',
    make: { actions: ['CreateAutoScalingGroup', 'CreateOrUpdateTags'], on: [GROUP] },
    changeByName: {
      actions: [
        'UpdateAutoScalingGroup',
        'SuspendProcesses',
        'ResumeProcesses',
        'TerminateInstanceInAutoScalingGroup',
        'PutNotificationConfiguration',
        'DeleteNotificationConfiguration',
        'EnableMetricsCollection',
        'DisableMetricsCollection',
        'CreateOrUpdateTags',
        'DeleteTags',
        'DeleteAutoScalingGroup',
      ],
      on: [GROUP],
    },
    look: [
      'DescribeAutoScalingGroups',
      'DescribeAutoScalingInstances',
      'DescribeLifecycleHooks',
      'DescribeLoadBalancerTargetGroups',
      'DescribeNotificationConfigurations',
      'DescribeScalingActivities',
      'DescribeTags',
    ],
  },
  'AWS::SSM::Parameter': {
    service: 'ssm',
    make: { actions: ['PutParameter', 'AddTagsToResource'], on: [RUN_STATE] },
    changeByName: {
      actions: [
        'PutParameter',
        'GetParameters',
        'DeleteParameter',
        'AddTagsToResource',
        'RemoveTagsFromResource',
        'ListTagsForResource',
      ],
      on: [RUN_STATE],
    },
    look: ['DescribeParameters'],
  },
  'AWS::IAM::InstanceProfile': {
    service: 'iam',
    make: { actions: ['CreateInstanceProfile'], on: [PROFILE] },
    changeByName: {
      actions: [
        'GetInstanceProfile',
        'AddRoleToInstanceProfile',
        'RemoveRoleFromInstanceProfile',
        'DeleteInstanceProfile',
      ],
      on: [PROFILE],
    },
  },
  'AWS::IAM::ManagedPolicy': {
    service: 'iam',
    make: { actions: ['CreatePolicy'], on: [POLICY] },
    changeByName: {
      actions: [
        'GetPolicy',
        'GetPolicyVersion',
        'ListPolicyVersions',
        'ListEntitiesForPolicy',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'DeletePolicy',
      ],
      on: [POLICY],
    },
  },
  // Making a role and giving it rights is only allowed with the boundary: see stack-role.ts.
  'AWS::IAM::Role': {
    service: 'iam',
    make: { actions: ['TagRole'], on: [ROLE] },
    changeByName: {
      actions: [
        'GetRole',
        'GetRolePolicy',
        'ListRolePolicies',
        'ListAttachedRolePolicies',
        'UpdateRole',
        'UpdateRoleDescription',
        'UpdateAssumeRolePolicy',
        'DetachRolePolicy',
        'TagRole',
        'UntagRole',
        'DeleteRole',
      ],
      on: [ROLE],
    },
  },
};
