import type { ResourceTypes } from './resource-type.ts';

const LOAD_BALANCER = 'loadbalancer/app/*';
const LISTENER = 'listener/app/*';
const RULE = 'listener-rule/app/*';
/** CloudFormation makes their names of the first letters of the stack's name and of the logical id. */
const NAMED_TARGET_GROUPS = ['targetgroup/*-Blue*/*', 'targetgroup/*-Green*/*'];
const TAGS = ['AddTags', 'RemoveTags'] as const;

export const LOAD_BALANCER_TYPES: ResourceTypes = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateLoadBalancer'], on: [LOAD_BALANCER] },
    tag: { actions: ['AddTags'], on: [LOAD_BALANCER], within: ['CreateLoadBalancer'] },
    change: {
      actions: [
        'ModifyLoadBalancerAttributes',
        'SetSecurityGroups',
        'SetSubnets',
        'SetIpAddressType',
        ...TAGS,
        'DeleteLoadBalancer',
      ],
      on: [LOAD_BALANCER],
    },
    look: [
      'DescribeLoadBalancers',
      'DescribeLoadBalancerAttributes',
      'DescribeCapacityReservation',
      'DescribeTags',
    ],
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateTargetGroup'], on: ['targetgroup/*'] },
    tag: { actions: ['AddTags'], on: ['targetgroup/*'], within: ['CreateTargetGroup'] },
    change: {
      actions: ['ModifyTargetGroup', 'ModifyTargetGroupAttributes', ...TAGS, 'DeleteTargetGroup'],
      on: ['targetgroup/*'],
    },
    // In us-west-2, me-south-1 and me-central-1 the schema says `tagOnCreate: false`: it is made without tags, and finished by these.
    changeByName: { actions: ['AddTags', 'ModifyTargetGroupAttributes'], on: NAMED_TARGET_GROUPS },
    look: ['DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTargetHealth', 'DescribeTags'],
  },
  /*
   * Since 2026 CloudFormation gives listeners and their rules the tags of their stack, but not in every region, and what it made before has
   * none: so no tag can be asked for. A change of the stack by somebody else changes `hivemind:owner`, and may be the first to tag them.
   * github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1460 and 1526
   */
  'AWS::ElasticLoadBalancingV2::Listener': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateListener'], on: [LOAD_BALANCER, LISTENER] },
    changeByName: {
      actions: ['ModifyListener', 'ModifyListenerAttributes', 'DeleteListener', ...TAGS],
      on: [LISTENER],
    },
    look: ['DescribeListeners', 'DescribeListenerAttributes', 'DescribeListenerCertificates', 'DescribeTags'],
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateRule'], on: [LISTENER, RULE] },
    changeByName: {
      actions: ['ModifyRule', 'SetRulePriorities', 'DeleteRule', ...TAGS],
      on: [RULE],
    },
    look: ['DescribeRules', 'DescribeTags'],
  },
};
