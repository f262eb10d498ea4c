import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { asked, askedUnless } from '../aws-failure.ts';
import type { DescribedStack } from './described-stack.ts';
import type { RemovalFacts } from './facts.ts';
import { TAG } from './names.ts';

/**
 * Lifts the deletion protection of load balancers and databases, which production has against deletions that nobody asked for;
 * who removes a stack has been asked. By the services' own calls, because an update of the stack would take minutes and can fail.
 * @returns false when a database is busy with something else: try again
 */
export async function liftProtection(facts: RemovalFacts, stack: DescribedStack): Promise<boolean> {
  const blueprint = stack.tags[TAG.blueprint];
  if (blueprint === 'load-balancer') {
    for (const arn of await physicalIds(facts, stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer')) {
      await unprotectLoadBalancer(facts, arn);
    }
    return true;
  }
  if (blueprint !== 'database') return true;
  const lifted: boolean[] = [];
  for (const id of await physicalIds(facts, stack, 'AWS::RDS::DBInstance')) {
    lifted.push(await unprotectDatabase(facts, id));
  }
  return lifted.every(Boolean);
}

/** A resource that was never made, or is gone, has none. */
async function physicalIds(
  { cloudFormation }: RemovalFacts,
  { id, name }: DescribedStack,
  type: string,
): Promise<readonly string[]> {
  const { StackResources = [] } = await asked(
    cloudFormation.send(new DescribeStackResourcesCommand({ StackName: id })),
    `list the resources of the stack "${name}"`,
  );
  return StackResources.filter(
    ({ ResourceType, ResourceStatus }) => ResourceType === type && ResourceStatus !== 'DELETE_COMPLETE',
  ).flatMap(({ PhysicalResourceId }) => PhysicalResourceId || []);
}

async function unprotectLoadBalancer({ loadBalancing }: RemovalFacts, arn: string): Promise<void> {
  const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'false' }];
  await askedUnless(
    loadBalancing.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes })),
    ['LoadBalancerNotFound', 'LoadBalancerNotFoundException'],
    `lift the deletion protection of the load balancer ${arn}`,
  );
}

async function unprotectDatabase({ rds }: RemovalFacts, id: string): Promise<boolean> {
  const answer = await askedUnless(
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })),
    ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
    `look at the database ${id}`,
  );
  if (!answer?.DBInstances?.[0]?.DeletionProtection) return true;
  const change = { DBInstanceIdentifier: id, DeletionProtection: false, ApplyImmediately: true };
  const lifted = await askedUnless(
    rds.send(new ModifyDBInstanceCommand(change)),
    ['InvalidDBInstanceState', 'InvalidDBInstanceStateFault'],
    `lift the deletion protection of the database ${id}`,
  );
  return lifted !== undefined;
}
