import type { ResourceType, ResourceTypes } from './resource-type.ts';

const TAGS = ['CreateTags', 'DeleteTags'] as const;

/** What belongs to the network: made as this kind, within those. */
function ec2(
  kind: string,
  {
    make,
    within = [],
    change,
    look,
  }: {
    readonly make: readonly string[];
    readonly within?: readonly string[];
    readonly change: readonly string[];
    readonly look: readonly string[];
  },
): ResourceType {
  return {
    service: 'ec2',
    make: { actions: make, on: [kind, ...within] },
    tag: { actions: ['CreateTags'], on: [kind], within: make.filter((action) => !/^Describe/.test(action)) },
    change: { actions: [...change, ...TAGS], on: [kind] },
    look,
  };
}

/** A connection of things that are there: it has no resource of its own. */
const between = (
  kinds: readonly string[],
  actions: readonly string[],
  look: readonly string[],
): ResourceType => ({
  service: 'ec2',
  make: { actions: [], on: [] },
  change: { actions, on: kinds },
  look,
});

export const NETWORK_TYPES: ResourceTypes = {
  'AWS::EC2::VPC': ec2('vpc/*', {
    make: ['CreateVpc', 'DescribeVpcAttribute'],
    change: ['ModifyVpcAttribute', 'DeleteVpc'],
    look: ['DescribeVpcs', 'DescribeNetworkAcls', 'DescribeSecurityGroups'],
  }),
  'AWS::EC2::Subnet': ec2('subnet/*', {
    make: ['CreateSubnet'],
    within: ['vpc/*'],
    change: ['ModifySubnetAttribute', 'DeleteSubnet'],
    look: ['DescribeSubnets', 'DescribeAvailabilityZones'],
  }),
  'AWS::EC2::RouteTable': ec2('route-table/*', {
    make: ['CreateRouteTable'],
    within: ['vpc/*'],
    change: ['DeleteRouteTable'],
    look: ['DescribeRouteTables'],
  }),
  'AWS::EC2::Route': between(
    ['route-table/*'],
    ['CreateRoute', 'ReplaceRoute', 'DeleteRoute'],
    ['DescribeRouteTables'],
  ),
  'AWS::EC2::SubnetRouteTableAssociation': between(
    ['route-table/*', 'subnet/*', 'internet-gateway/*'],
    ['AssociateRouteTable', 'ReplaceRouteTableAssociation', 'DisassociateRouteTable'],
    ['DescribeRouteTables'],
  ),
  'AWS::EC2::InternetGateway': ec2('internet-gateway/*', {
    make: ['CreateInternetGateway'],
    change: ['DeleteInternetGateway'],
    look: ['DescribeInternetGateways'],
  }),
  'AWS::EC2::VPCGatewayAttachment': between(
    ['internet-gateway/*', 'vpc/*'],
    ['AttachInternetGateway', 'DetachInternetGateway'],
    ['DescribeInternetGateways', 'DescribeVpnGateways'],
  ),
  'AWS::EC2::NatGateway': ec2('natgateway/*', {
    make: ['CreateNatGateway'],
    within: ['subnet/*', 'elastic-ip/*'],
    change: ['DeleteNatGateway'],
    look: ['DescribeNatGateways'],
  }),
  'AWS::EC2::EIP': ec2('elastic-ip/*', {
    make: ['AllocateAddress'],
    change: ['ReleaseAddress', 'DisassociateAddress'],
    look: ['DescribeAddresses'],
  }),
  'AWS::EC2::VPCEndpoint': ec2('vpc-endpoint/*', {
    make: ['CreateVpcEndpoint'],
    within: ['vpc/*', 'route-table/*'],
    change: ['ModifyVpcEndpoint', 'DeleteVpcEndpoints'],
    look: ['DescribeVpcEndpoints'],
  }),
  'AWS::EC2::FlowLog': ec2('vpc-flow-log/*', {
    make: ['CreateFlowLogs'],
    within: ['vpc/*'],
    change: ['DeleteFlowLogs'],
    look: ['DescribeFlowLogs'],
  }),
  'AWS::EC2::SecurityGroup': ec2('security-group/*', {
    make: ['CreateSecurityGroup'],
    within: ['vpc/*'],
    change: [
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
      'RevokeSecurityGroupEgress',
      'UpdateSecurityGroupRuleDescriptionsIngress',
      'UpdateSecurityGroupRuleDescriptionsEgress',
      'DeleteSecurityGroup',
    ],
    look: ['DescribeSecurityGroups', 'DescribeSecurityGroupRules'],
  }),
};
