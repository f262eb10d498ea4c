import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Color } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import { findStack } from '../stack-engine/described-stack.ts';

/** What steering a load balancer takes. A load balancer is known by the name of its stack. */
export interface RoutingFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

/**
 * Outputs of the stack of a load balancer, which name its parts.
 * @throws {HiveMindError} TargetGroupNotFound: there is no such load balancer
 */
export async function loadBalancerOutputs(
  cloudFormation: CloudFormationClient,
  loadBalancer: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const stack = await findStack(cloudFormation, loadBalancer);
  const outputs = stack?.outputs ?? {};
  if (names.some((name) => !outputs[name])) throw targetGroupNotFound(loadBalancer);
  return outputs;
}

/** ARN of the target group of a colour. @throws {HiveMindError} TargetGroupNotFound */
export async function targetGroupArn(
  { cloudFormation }: RoutingFacts,
  loadBalancer: string,
  color: Color,
): Promise<string> {
  const name = `${color}TargetGroupArn`;
  const { [name]: arn } = await loadBalancerOutputs(cloudFormation, loadBalancer, [name]);
  return arn ?? '';
}

export const targetGroupNotFound = (loadBalancer: string): HiveMindError =>
  new HiveMindError('TargetGroupNotFound', `there is no load balancer "${loadBalancer}" with target groups`, {
    hint: 'run `hivemind status` to see what the deployment consists of; deploying again makes what is missing',
  });

/** Names under which the service says that a target group, a listener or a load balancer is gone. */
export const GONE = [
  'TargetGroupNotFound',
  'TargetGroupNotFoundException',
  'ListenerNotFound',
  'ListenerNotFoundException',
  'LoadBalancerNotFound',
  'LoadBalancerNotFoundException',
];
