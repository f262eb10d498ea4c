import {
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeTagsCommand,
  type DescribeTagsCommandOutput,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { asked } from '../aws-failure.ts';
import { TAG } from '../stack-engine/names.ts';
import type { NamedResource } from './arn.ts';

/** EC2 takes this many values in one filter. */
const MOST_VALUES = 200;

/**
 * Those that exist: EC2 forgets the tags of what is deleted, but keeps terminated instances and deleted NAT gateways in sight for
 * an hour, tags and all.
 */
export async function existingInEc2(
  ec2: EC2Client,
  resources: readonly NamedResource[],
): Promise<readonly NamedResource[]> {
  const tagged = await stillTagged(
    ec2,
    resources.map(({ id }) => id),
  );
  const present = resources.filter(({ id }) => tagged.has(id));
  const idsOf = (wanted: string) => present.flatMap(({ kind, id }) => (kind === wanted ? id : []));
  const [instances, gateways] = await Promise.all([
    livingInstances(ec2, idsOf('instance')),
    livingGateways(ec2, idsOf('natgateway')),
  ]);
  return present.filter(
    ({ kind, id }) =>
      (kind !== 'instance' || instances.has(id)) && (kind !== 'natgateway' || gateways.has(id)),
  );
}

async function stillTagged(ec2: EC2Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const tagged = new Set<string>();
  for (const some of portions(ids)) {
    const Filters = [
      { Name: 'key', Values: [TAG.deployment] },
      { Name: 'resource-id', Values: some },
    ];
    let NextToken: string | undefined;
    do {
      const page: DescribeTagsCommandOutput = await asked(
        ec2.send(new DescribeTagsCommand({ Filters, ...(NextToken && { NextToken }) })),
        'look at the tags of EC2 resources',
      );
      for (const { ResourceId } of page.Tags ?? []) if (ResourceId) tagged.add(ResourceId);
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return tagged;
}

async function livingInstances(ec2: EC2Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const living = new Set<string>();
  for (const Values of portions(ids)) {
    const { Reservations = [] } = await asked(
      // By filter, because an id that is not known any more fails the whole call.
      ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values }] })),
      'look at the instances',
    );
    for (const { InstanceId, State } of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      if (InstanceId && State?.Name !== 'terminated') living.add(InstanceId);
    }
  }
  return living;
}

async function livingGateways(ec2: EC2Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const living = new Set<string>();
  for (const Values of portions(ids)) {
    const { NatGateways = [] } = await asked(
      ec2.send(new DescribeNatGatewaysCommand({ Filter: [{ Name: 'nat-gateway-id', Values }] })),
      'look at the NAT gateways',
    );
    for (const { NatGatewayId, State } of NatGateways) {
      if (NatGatewayId && State !== 'deleted' && State !== 'failed') living.add(NatGatewayId);
    }
  }
  return living;
}

function portions(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / MOST_VALUES);
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * MOST_VALUES, (index + 1) * MOST_VALUES),
  );
}
