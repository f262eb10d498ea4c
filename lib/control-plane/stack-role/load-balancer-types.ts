import type { ResourceTypes } from './resource-type.ts';

const LOAD_BALANCER = 'loadbalancer/app/*';
const LISTENER = 'listener/app/*';
const RULE = 'listener-rule/app/*';

export const LOAD_BALANCER_TYPES: ResourceTypes = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateLoadBalancer', 'AddTags'], on: [LOAD_BALANCER] },
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
    make: { actions: ['CreateTargetGroup', 'AddTags'], on: ['targetgroup/*'] },
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
  'AWS::ElasticLoadBalancingV2::Listener': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateListener', 'AddTags'], on: [LOAD_BALANCER, LISTENER] },
    changeByName: {
      actions: ['ModifyListener', 'ModifyListenerAttributes', 'DeleteListener', 'AddTags', 'RemoveTags'],
      on: [LISTENER],
    },
    look: ['DescribeListeners', 'DescribeListenerAttributes', 'DescribeListenerCertificates', 'DescribeTags'],
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    service: 'elasticloadbalancing',
    make: { actions: ['CreateRule', 'AddTags'], on: [LISTENER, RULE] },
    changeByName: {
      actions: ['ModifyRule', 'SetRulePriorities', 'DeleteRule', 'AddTags', 'RemoveTags'],
      on: [RULE],
    },
    look: ['DescribeRules', 'DescribeTags'],
  },
};
