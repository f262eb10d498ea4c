import type { ResourceTypes } from './resource-type.ts';

const LOAD_BALANCER = 'loadbalancer/app/*';
const LISTENER = 'listener/app/*';
const RULE = 'listener-rule/app/*';

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
        'AddTags',
        'RemoveTags',
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
    // In some regions, us-west-2 among them, its schema says `tagOnCreate: false`.
    tag: { actions: ['AddTags'], on: ['targetgroup/*'], within: 'any' },
    change: {
      actions: [
        'ModifyTargetGroup',
        'ModifyTargetGroupAttributes',
        'AddTags',
        'RemoveTags',
        'DeleteTargetGroup',
      ],
      on: ['targetgroup/*'],
    },
    look: ['DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTargetHealth', 'DescribeTags'],
  },
  // CloudFormation gives listeners and their rules no tags, so that none can tell whose they are.
  'AWS::ElasticLoadBalancingV2::Listener': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateListener'], on: [LOAD_BALANCER, LISTENER] },
    changeByName: {
      actions: ['ModifyListener', 'ModifyListenerAttributes', 'DeleteListener'],
      on: [LISTENER],
    },
    look: ['DescribeListeners', 'DescribeListenerAttributes', 'DescribeListenerCertificates', 'DescribeTags'],
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateRule'], on: [LISTENER, RULE] },
    changeByName: {
      actions: ['ModifyRule', 'SetRulePriorities', 'DeleteRule'],
      on: [RULE],
    },
    look: ['DescribeRules', 'DescribeTags'],
  },
};
