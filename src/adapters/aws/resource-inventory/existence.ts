import { type CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, type RDSClient } from '@aws-sdk/client-rds';
import { asked, askedUnless } from '../aws-failure.ts';
import { findStack, saysMissing } from '../stack-engine/described-stack.ts';
import { namedResource } from './arn.ts';
import type { TaggedResource } from './tagged.ts';

export interface ExistenceFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly rds: RDSClient;
}

/** Whether what the index of tags knows is still there: its own service says so, or the stack that has made it. */
export async function exists(facts: ExistenceFacts, { arn, tags }: TaggedResource): Promise<boolean> {
  const { service, kind, id } = namedResource(arn);
  switch (`${service} ${kind}`) {
    case 'elasticloadbalancing loadbalancer':
      return loadBalancerExists(facts, arn);
    case 'elasticloadbalancing targetgroup':
      return targetGroupExists(facts, arn);
    case 'rds db':
      return databaseExists(facts, id);
    case 'cloudformation stack':
      return (await findStack(facts.cloudFormation, arn)) !== undefined;
    default:
      return !(await isDeletedWithStack(facts, tags));
  }
}

async function loadBalancerExists({ loadBalancing }: ExistenceFacts, arn: string): Promise<boolean> {
  const answer = await askedUnless(
    loadBalancing.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
    ['LoadBalancerNotFound', 'LoadBalancerNotFoundException'],
    `look at the load balancer ${arn}`,
  );
  return answer !== undefined;
}

async function targetGroupExists({ loadBalancing }: ExistenceFacts, arn: string): Promise<boolean> {
  const answer = await askedUnless(
    loadBalancing.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
    ['TargetGroupNotFound', 'TargetGroupNotFoundException'],
    `look at the target group ${arn}`,
  );
  return answer !== undefined;
}

async function databaseExists({ rds }: ExistenceFacts, id: string): Promise<boolean> {
  const answer = await askedUnless(
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })),
    ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
    `look at the database ${id}`,
  );
  return answer !== undefined;
}

/** CloudFormation remembers for 90 days what became of the resources of a stack; one that it kept is not deleted. */
async function isDeletedWithStack(
  { cloudFormation }: ExistenceFacts,
  tags: TaggedResource['tags'],
): Promise<boolean> {
  const stack = tags.get('aws:cloudformation:stack-id');
  const logicalId = tags.get('aws:cloudformation:logical-id');
  if (!stack || !logicalId) return false;
  try {
    const { StackResourceDetail } = await asked(
      cloudFormation.send(
        new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId: logicalId }),
      ),
      `look at ${logicalId} of the stack ${stack}`,
    );
    return StackResourceDetail?.ResourceStatus === 'DELETE_COMPLETE';
  } catch (error) {
    if (saysMissing(error)) return false;
    throw error;
  }
}
