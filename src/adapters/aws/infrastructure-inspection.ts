import type { RDSClient } from '@aws-sdk/client-rds';
import type {
  InfrastructureInspection,
  InfrastructureObservation,
} from '../../ports/infrastructure-inspection.ts';
import type { StackEngine } from '../../ports/stack-engine.ts';
import { describeDatabase } from './infrastructure-inspection/database.ts';
import {
  describeRunningInstances,
  type InstanceSources,
  observeInstances,
} from './infrastructure-inspection/instances.ts';
import {
  describeLoadBalancer,
  type LoadBalancerFacts,
  type LoadBalancerSources,
} from './infrastructure-inspection/load-balancer.ts';
import { describeSecurityGroups, hasFlowLogs, observeIngress } from './infrastructure-inspection/network.ts';

export interface InspectionSources extends InstanceSources, LoadBalancerSources {
  readonly rds: RDSClient;
  readonly stacks: Pick<StackEngine, 'list'>;
}

/** Asks the services of AWS about the resources themselves: templates and parameters say only what was meant to be. */
export const awsInfrastructureInspection = (sources: InspectionSources): InfrastructureInspection => ({
  observe: (deploymentId) => observeInfrastructure(sources, deploymentId),
});

export async function observeInfrastructure(
  sources: InspectionSources,
  deploymentId: string,
): Promise<InfrastructureObservation> {
  const stacks = await sources.stacks.list(deploymentId);
  const outputOf = (blueprint: string, name: string) =>
    stacks.find((stack) => stack.blueprint === blueprint)?.outputs[name];
  const [balancer, machines, database] = await Promise.all([
    describeLoadBalancer(sources, outputOf('load-balancer', 'loadBalancerArn')),
    describeRunningInstances(sources, deploymentId),
    describeDatabase(sources, outputOf('database', 'instanceId')),
  ]);
  const groupIds = [
    ...(balancer?.securityGroups ?? []),
    ...machines.flatMap(({ SecurityGroups = [] }) => SecurityGroups.flatMap(({ GroupId }) => GroupId ?? [])),
    ...(database?.securityGroups ?? []),
  ];
  const groups = await describeSecurityGroups(sources, [...new Set(groupIds)]);
  const vpcs = [...new Set(groups.flatMap(({ VpcId }) => VpcId ?? []))];
  const [instances, flowLogs] = await Promise.all([
    observeInstances(sources, machines),
    hasFlowLogs(sources, vpcs),
  ]);
  return {
    network: groups.length === 0 ? null : { ...observeIngress(groups, listenersOf(balancer)), flowLogs },
    loadBalancer: balancer?.observation ?? null,
    instances,
    database: database?.observe(groups) ?? null,
  };
}

const listenersOf = (balancer: LoadBalancerFacts | undefined) => ({
  groups: balancer?.securityGroups ?? [],
  ports: balancer?.observation.listeners.map(({ port }) => port) ?? [],
});
