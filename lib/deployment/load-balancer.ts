import { type CfnCondition, type CfnParameter, Fn, type Stack, Token } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnListener, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { accept } from '../accepted-finding.ts';
import {
  type Blueprint,
  exportedOutput,
  imported,
  importedList,
  output,
  parameter,
  stackParameter,
  when,
} from './blueprint.ts';
import { INSIDE } from './network.ts';
import { addProbe } from './probe-rules.ts';
import {
  addTargetGroupOutputs,
  addTargetGroups,
  INSTANCE_PORT,
  type TargetGroups,
  targetGroupArn,
} from './target-groups.ts';

/** TLS 1.3, and 1.2 with forward secrecy for clients that lag behind. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

type Scheme = 'http' | 'https';
const DEFAULT_PORT: Record<Scheme, string> = { http: '80', https: '443' };

export const LOAD_BALANCER_BLUEPRINTS: readonly Blueprint[] = [
  {
    blueprint: 'load-balancer',
    variant: 'http',
    description: 'HiveMind: an Application Load Balancer with a blue and a green target group, without TLS',
    build: (stack) => buildLoadBalancer(stack, 'http'),
  },
  {
    blueprint: 'load-balancer',
    variant: 'https',
    description: 'HiveMind: an Application Load Balancer with a blue and a green target group, behind TLS',
    build: (stack) => buildLoadBalancer(stack, 'https'),
  },
];

interface ListenerPort {
  readonly text: string;
  readonly number: number;
  /** Addresses need not name it. */
  readonly isDefault: CfnCondition;
}

/** Where requests come in. */
interface Entrance {
  readonly scheme: Scheme;
  readonly port: ListenerPort;
  readonly loadBalancer: CfnLoadBalancer;
}

function buildLoadBalancer(stack: Stack, scheme: Scheme): void {
  const network = stackParameter(stack, 'NetworkStack');
  const port = listenerPort(stack, scheme);
  const securityGroup = addSecurityGroup(stack, { scheme, port, network });
  const deploymentId = parameter(stack, 'DeploymentId').valueAsString;
  const loadBalancer = addLoadBalancer(stack, { deploymentId, network, securityGroup });
  const entrance = { scheme, port, loadBalancer };
  const groups = addTargetGroups(stack, network);
  const listener = addListener(stack, entrance, groups);
  addAddressOutputs(stack, entrance);
  output(stack, 'ListenerArn', listener.ref);
  addProbe(stack, deploymentId, { listener, groups });
  addTargetGroupOutputs(stack, groups);
  exportedOutput(stack, 'SecurityGroupId', securityGroup.attrGroupId);
}

/** Behind TLS, port 80 is the redirect's. */
function listenerPort(stack: Stack, scheme: Scheme): ListenerPort {
  const allowedPattern = scheme === 'https' ? '^(?!80$)[0-9]{1,5}$' : '^[0-9]{1,5}$';
  const given = parameter(stack, 'ListenerPort', { allowedPattern });
  const isDefault = Fn.conditionEquals(given.valueAsString, DEFAULT_PORT[scheme]);
  return {
    text: given.valueAsString,
    number: Token.asNumber(given.value),
    isDefault: when(stack, 'DefaultListenerPort', isDefault),
  };
}

interface Doorway extends Omit<Entrance, 'loadBalancer'> {
  readonly network: CfnParameter;
}

/** From everywhere to the listeners, and from there to instances only. */
function addSecurityGroup(stack: Stack, { scheme, port, network }: Doorway): CfnSecurityGroup {
  const fromAnywhere = (listener: number, description: string): CfnSecurityGroup.IngressProperty => ({
    ipProtocol: 'tcp',
    fromPort: listener,
    toPort: listener,
    cidrIp: '0.0.0.0/0',
    description,
  });
  const group = new CfnSecurityGroup(stack, 'SecurityGroup', {
    groupDescription: 'Load balancer: the internet to the listeners, and those to the instances',
    vpcId: imported(network, 'VpcId'),
    securityGroupIngress: [
      fromAnywhere(port.number, 'the service'),
      ...(scheme === 'https' ? [fromAnywhere(80, 'redirected to the service')] : []),
    ],
    securityGroupEgress: [
      {
        ipProtocol: 'tcp',
        fromPort: INSTANCE_PORT,
        toPort: INSTANCE_PORT,
        cidrIp: INSIDE,
        description: 'instances',
      },
    ],
  });
  const parameterised =
    'The rule cannot read a port that is a parameter. It opens a listener of the load balancer, which speaks HTTP and nothing else, whatever the port.';
  accept(group, {
    'AwsSolutions-EC23': 'The service is there to be reached from the internet, on its listener ports only.',
    'NIST.800.53.R5-EC2RestrictedSSH': parameterised,
    'NIST.800.53.R5-EC2RestrictedCommonPorts': parameterised,
  });
  return group;
}

interface Surroundings {
  readonly deploymentId: string;
  readonly network: CfnParameter;
  readonly securityGroup: CfnSecurityGroup;
}

function addLoadBalancer(
  stack: Stack,
  { deploymentId, network, securityGroup }: Surroundings,
): CfnLoadBalancer {
  const bucket = parameter(stack, 'AccessLogBucket').valueAsString;
  const deletionProtection = parameter(stack, 'DeletionProtection', { allowedValues: ['true', 'false'] });
  const attributes = {
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': bucket,
    'access_logs.s3.prefix': `load-balancer/${deploymentId}`,
    'deletion_protection.enabled': deletionProtection.valueAsString,
    'routing.http.drop_invalid_header_fields.enabled': 'true',
  };
  const loadBalancer = new CfnLoadBalancer(stack, 'LoadBalancer', {
    type: 'application',
    scheme: 'internet-facing',
    securityGroups: [securityGroup.attrGroupId],
    subnets: importedList(network, 'PublicSubnetIds'),
    loadBalancerAttributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  });
  accept(loadBalancer, {
    'NIST.800.53.R5-ELBDeletionProtectionEnabled':
      'A parameter: on in production, off for stage 1, which is made to be thrown away, and turned off just before a confirmed destroy.',
    'NIST.800.53.R5-ALBWAFEnabled':
      'Which rules suit the deployed application, and whether it is worth their price, is its operator’s choice: a web ACL can be associated with the load balancer at any time without changing this stack.',
  });
  return loadBalancer;
}

function addListener(stack: Stack, entrance: Entrance, groups: TargetGroups): CfnListener {
  const color = parameter(stack, 'ActiveColor', { allowedValues: ['blue', 'green'] }).valueAsString;
  const isGreen = when(stack, 'GreenIsActive', Fn.conditionEquals(color, 'green'));
  const forward = [{ type: 'forward', targetGroupArn: targetGroupArn(groups, isGreen) }];
  return entrance.scheme === 'https'
    ? addHttpsListener(stack, entrance, forward)
    : addHttpListener(stack, entrance, forward);
}

type Actions = CfnListener.ActionProperty[];

function addHttpListener(
  stack: Stack,
  { loadBalancer, port }: Entrance,
  defaultActions: Actions,
): CfnListener {
  const listener = new CfnListener(stack, 'Listener', {
    loadBalancerArn: loadBalancer.ref,
    protocol: 'HTTP',
    port: port.number,
    defaultActions,
  });
  const noCertificate =
    'This variant is for deployments without a certificate; the Sheriff reports that as a finding, and giving a certificate switches to the https variant.';
  accept(listener, {
    'NIST.800.53.R5-ALBHttpToHttpsRedirection': noCertificate,
    'NIST.800.53.R5-ELBv2ACMCertificateRequired': noCertificate,
  });
  return listener;
}

function addHttpsListener(
  stack: Stack,
  { loadBalancer, port }: Entrance,
  defaultActions: Actions,
): CfnListener {
  const certificateArn = parameter(stack, 'CertificateArn', { allowedPattern: '^arn:.+$' }).valueAsString;
  const redirect = new CfnListener(stack, 'RedirectListener', {
    loadBalancerArn: loadBalancer.ref,
    protocol: 'HTTP',
    port: 80,
    defaultActions: [
      {
        type: 'redirect',
        redirectConfig: { protocol: 'HTTPS', port: port.text, statusCode: 'HTTP_301' },
      },
    ],
  });
  accept(redirect, {
    'NIST.800.53.R5-ELBv2ACMCertificateRequired':
      'It serves nothing but the redirect to HTTPS, which has to be given over HTTP.',
  });
  const listener = new CfnListener(stack, 'Listener', {
    loadBalancerArn: loadBalancer.ref,
    protocol: 'HTTPS',
    port: port.number,
    sslPolicy: TLS_POLICY,
    certificates: [{ certificateArn }],
    defaultActions,
  });
  // A deployment that is given a certificate later frees port 80 first.
  redirect.addResourceDependency(listener);
  return listener;
}

function addAddressOutputs(stack: Stack, { scheme, port, loadBalancer }: Entrance): void {
  const address = `${scheme}://${loadBalancer.attrDnsName}`;
  const withPort = `${address}:${port.text}`;
  output(stack, 'Url', Fn.conditionIf(port.isDefault.logicalId, address, withPort).toString());
  output(stack, 'Port', port.text);
  output(stack, 'LoadBalancerArn', loadBalancer.ref);
  // arn:…:loadbalancer/app/name/id → app/name/id
  exportedOutput(stack, 'LoadBalancerFullName', Fn.select(1, Fn.split(':loadbalancer/', loadBalancer.ref)));
}
