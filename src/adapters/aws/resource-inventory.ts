import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Resource, ResourceInventory } from '../../ports/resource-inventory.ts';
import { namedResource, readable } from './resource-inventory/arn.ts';
import { existingInEc2 } from './resource-inventory/compute-cloud.ts';
import { everythingOf } from './resource-inventory/everything.ts';
import { type ExistenceFacts, exists } from './resource-inventory/existence.ts';
import {
  alarmsOf,
  autoScalingGroupsOf,
  dashboardsOf,
  logStreamsOf,
  type NamedFacts,
  secretsOf,
} from './resource-inventory/named.ts';
import { type RemovalFacts, removeResource } from './resource-inventory/removal.ts';
import { type TaggedResource, taggedResources } from './resource-inventory/tagged.ts';
import { listStacks } from './stack-engine/reading.ts';

export interface InventoryFacts extends ExistenceFacts, NamedFacts {
  readonly ec2: EC2Client;
  readonly tagging: ResourceGroupsTaggingAPIClient;
}

export const awsResourceInventory = (facts: InventoryFacts & RemovalFacts): ResourceInventory => ({
  find: (deploymentId) => findResources(facts, deploymentId),
  everything: () => everythingOf(facts),
  remove: (resource, patience) => removeResource(facts, resource, patience),
});

/**
 * Everything of a deployment that the account has, by name where things have one and by tag for the rest. Sources, builds and
 * artifacts are not a deployment's own: others may use them. Snapshots and access logs are kept on purpose.
 */
export async function findResources(
  facts: InventoryFacts,
  deploymentId: string,
): Promise<readonly Resource[]> {
  const found = await Promise.all([
    stacksOf(facts, deploymentId),
    autoScalingGroupsOf(facts, deploymentId),
    dashboardsOf(facts, deploymentId),
    alarmsOf(facts, deploymentId),
    secretsOf(facts, deploymentId),
    logStreamsOf(facts, deploymentId),
    taggedOf(facts, deploymentId),
  ]);
  const byName = new Map(found.flat().map((resource) => [`${resource.type} ${resource.id}`, resource]));
  return [...byName.values()];
}

async function stacksOf({ cloudFormation }: InventoryFacts, deploymentId: string): Promise<Resource[]> {
  return (await listStacks({ cloudFormation }, deploymentId)).map(({ name }) => ({
    type: 'stack',
    id: name,
  }));
}

/** What is found by name anyway, what goes with something else, and what is kept on purpose. */
const PASSED_OVER = [
  'secretsmanager secret',
  'cloudwatch alarm',
  'autoscaling autoScalingGroup',
  'elasticloadbalancing listener',
  'elasticloadbalancing listener-rule',
  'rds snapshot',
  'rds cluster-snapshot',
  'ec2 snapshot',
];

async function taggedOf(facts: InventoryFacts, deploymentId: string): Promise<Resource[]> {
  const tagged = (await taggedResources(facts.tagging, deploymentId)).filter(({ arn }) => {
    const { service, kind } = namedResource(arn);
    return !PASSED_OVER.includes(`${service} ${kind}`);
  });
  const isInEc2 = ({ arn }: TaggedResource) => namedResource(arn).service === 'ec2';
  const others = tagged.filter((resource) => !isInEc2(resource));
  const [inEc2, stillThere] = await Promise.all([
    existingInEc2(
      facts.ec2,
      tagged.filter(isInEc2).map(({ arn }) => namedResource(arn)),
    ),
    Promise.all(others.map((resource) => exists(facts, resource))),
  ]);
  const rest = others.filter((_, index) => stillThere[index]).map(({ arn }) => stackByName(arn));
  return [...inEc2.map(readable), ...rest];
}

/** A stack is known by name here as everywhere, not by `name/uuid`. */
function stackByName(arn: string): Resource {
  const { type, id } = readable(namedResource(arn));
  return { type, id: type === 'stack' ? (id.split('/')[0] ?? id) : id };
}
