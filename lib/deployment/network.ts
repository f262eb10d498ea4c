import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import {
  CfnEIP,
  CfnFlowLog,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCEndpoint,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { accept } from '../accepted-finding.ts';
import { type Blueprint, exportedOutput, parameter } from './blueprint.ts';

/** Holds the networks of both stages: what a security group means by "inside". */
export const INSIDE = '10.80.0.0/15';

interface NetworkSettings {
  /** The first half of the addresses of the network, a /16: `10.81`. */
  readonly prefix: string;
  /** Instances live in private subnets of their own and reach the internet through a NAT gateway in their zone. */
  readonly privateInstances: boolean;
}

interface Network {
  readonly stack: Stack;
  readonly vpc: CfnVPC;
  readonly prefix: string;
}

interface Subnets {
  readonly subnets: readonly CfnSubnet[];
  readonly routeTables: readonly CfnRouteTable[];
}

/** An Application Load Balancer and a Multi-AZ database need two zones at least. */
const ZONES = ['A', 'B'] as const;
/** A /20: each subnet has 4091 usable addresses, and a network room for 16 subnets. */
const SUBNET_STEP = 16;
const FIRST_RANGE = { Public: 0, Private: 2, Isolated: 4 } as const;

export const NETWORK_BLUEPRINTS: readonly Blueprint[] = [
  {
    blueprint: 'network',
    variant: 'stage-1',
    description: 'HiveMind: a network over two zones, public and isolated subnets, no NAT gateway',
    build: (stack) => buildNetwork(stack, { prefix: '10.81', privateInstances: false }),
  },
  {
    blueprint: 'network',
    variant: 'production',
    description:
      'HiveMind: a network over two zones, public, private and isolated subnets, a NAT gateway a zone',
    build: (stack) => buildNetwork(stack, { prefix: '10.80', privateInstances: true }),
  },
];

function buildNetwork(stack: Stack, settings: NetworkSettings): void {
  const network: Network = { stack, vpc: addVpc(stack, settings.prefix), prefix: settings.prefix };
  const open = addPublicSubnets(network);
  const isolated = addSubnets(network, 'Isolated');
  const privates = settings.privateInstances ? addPrivateSubnets(network, open) : undefined;
  addS3Endpoint(network, [open, isolated, ...(privates ? [privates] : [])]);
  exportedOutput(stack, 'VpcId', network.vpc.ref);
  exportedOutput(stack, 'PublicSubnetIds', idsOf(open));
  exportedOutput(stack, 'InstanceSubnetIds', idsOf(privates ?? open));
  exportedOutput(stack, 'IsolatedSubnetIds', idsOf(isolated));
}

const idsOf = ({ subnets }: Subnets): string =>
  Fn.join(
    ',',
    subnets.map(({ ref }) => ref),
  );

function addVpc(stack: Stack, prefix: string): CfnVPC {
  const bucket = parameter(stack, 'AccessLogBucket');
  const vpc = new CfnVPC(stack, 'Vpc', {
    cidrBlock: `${prefix}.0.0/16`,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: [{ key: 'Name', value: Aws.STACK_NAME }],
  });
  accept(vpc, {
    'NIST.800.53.R5-VPCDefaultSecurityGroupClosed':
      'CloudFormation cannot change the rules of the default group without a function of its own. Nothing carries the group: every resource of every blueprint names its groups.',
  });
  new CfnFlowLog(stack, 'FlowLog', {
    resourceId: vpc.ref,
    resourceType: 'VPC',
    trafficType: 'ALL',
    logDestinationType: 's3',
    logDestination: `arn:${Aws.PARTITION}:s3:::${bucket.valueAsString}`,
  });
  return vpc;
}

/** One subnet in each zone, with a route table of its own. */
function addSubnets({ stack, vpc, prefix }: Network, name: keyof typeof FIRST_RANGE): Subnets {
  const pairs = ZONES.map((zone, index) => {
    const tags = [{ key: 'Name', value: `${Aws.STACK_NAME}-${name.toLowerCase()}-${zone.toLowerCase()}` }];
    const subnet = new CfnSubnet(stack, `${name}Subnet${zone}`, {
      vpcId: vpc.ref,
      availabilityZone: Fn.select(index, Fn.getAzs()),
      cidrBlock: `${prefix}.${(FIRST_RANGE[name] + index) * SUBNET_STEP}.0/20`,
      mapPublicIpOnLaunch: false,
      tags,
    });
    const routeTable = new CfnRouteTable(stack, `${name}RouteTable${zone}`, { vpcId: vpc.ref, tags });
    new CfnSubnetRouteTableAssociation(stack, `${name}SubnetRoutes${zone}`, {
      subnetId: subnet.ref,
      routeTableId: routeTable.ref,
    });
    return { subnet, routeTable };
  });
  return {
    subnets: pairs.map(({ subnet }) => subnet),
    routeTables: pairs.map(({ routeTable }) => routeTable),
  };
}

function addPublicSubnets(network: Network): Subnets {
  const { stack, vpc } = network;
  const open = addSubnets(network, 'Public');
  const gateway = new CfnInternetGateway(stack, 'InternetGateway');
  const attachment = new CfnVPCGatewayAttachment(stack, 'InternetGatewayAttachment', {
    vpcId: vpc.ref,
    internetGatewayId: gateway.ref,
  });
  ZONES.forEach((zone, index) => {
    const route = new CfnRoute(stack, `PublicRoute${zone}`, {
      routeTableId: open.routeTables[index]?.ref ?? '',
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.ref,
    });
    route.addResourceDependency(attachment);
    accept(route, {
      'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW':
        'The load balancer is there to be reached from the internet. Only public subnets have this route; databases are in isolated ones.',
    });
  });
  return open;
}

/** A NAT gateway a zone, so that the loss of one zone does not take the other one off the internet. */
function addPrivateSubnets(network: Network, open: Subnets): Subnets {
  const { stack } = network;
  const privates = addSubnets(network, 'Private');
  ZONES.forEach((zone, index) => {
    const address = new CfnEIP(stack, `NatAddress${zone}`, { domain: 'vpc' });
    const gateway = new CfnNatGateway(stack, `NatGateway${zone}`, {
      allocationId: address.attrAllocationId,
      subnetId: open.subnets[index]?.ref ?? '',
      tags: [{ key: 'Name', value: `${Aws.STACK_NAME}-${zone.toLowerCase()}` }],
    });
    new CfnRoute(stack, `PrivateRoute${zone}`, {
      routeTableId: privates.routeTables[index]?.ref ?? '',
      destinationCidrBlock: '0.0.0.0/0',
      natGatewayId: gateway.ref,
    });
  });
  return privates;
}

/** Artifacts come from S3 without passing, and paying, a NAT gateway. */
function addS3Endpoint({ stack, vpc }: Network, groups: readonly Subnets[]): void {
  new CfnVPCEndpoint(stack, 'S3Endpoint', {
    vpcId: vpc.ref,
    vpcEndpointType: 'Gateway',
    serviceName: `com.amazonaws.${Aws.REGION}.s3`,
    routeTableIds: groups.flatMap(({ routeTables }) => routeTables.map(({ ref }) => ref)),
  });
}
