import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { InfrastructureObservation } from '../../../ports/infrastructure-inspection.ts';
import { asked, askedUnless } from '../aws-failure.ts';

export interface LoadBalancerSources {
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

export interface LoadBalancerFacts {
  readonly securityGroups: readonly string[];
  readonly observation: NonNullable<InfrastructureObservation['loadBalancer']>;
}

/** Undefined when the deployment has none, or it is gone. */
export async function describeLoadBalancer(
  { loadBalancing }: LoadBalancerSources,
  arn: string | undefined,
): Promise<LoadBalancerFacts | undefined> {
  if (arn === undefined) return undefined;
  const found = await askedUnless(
    loadBalancing.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
    ['LoadBalancerNotFound', 'LoadBalancerNotFoundException'],
    'look at the load balancer',
  );
  const [balancer] = found?.LoadBalancers ?? [];
  if (balancer === undefined) return undefined;
  const [{ Listeners = [] }, { Attributes = [] }] = await Promise.all([
    asked(
      loadBalancing.send(new DescribeListenersCommand({ LoadBalancerArn: arn })),
      'look at the listeners of the load balancer',
    ),
    asked(
      loadBalancing.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn })),
      'look at the attributes of the load balancer',
    ),
  ]);
  const isOn = (key: string) => Attributes.some(({ Key, Value }) => Key === key && Value === 'true');
  return {
    securityGroups: balancer.SecurityGroups ?? [],
    observation: {
      listeners: Listeners.map(({ Port = 0, Protocol = '', SslPolicy }) => ({
        port: Port,
        protocol: Protocol,
        tlsPolicy: Protocol === 'HTTPS' ? SslPolicy || null : null,
      })),
      dropsInvalidHeaders: isOn('routing.http.drop_invalid_header_fields.enabled'),
      deletionProtection: isOn('deletion_protection.enabled'),
      accessLogs: isOn('access_logs.s3.enabled'),
    },
  };
}
