import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { OwnedResource } from '../../../domain/orphan.ts';
import { ownedResource } from '../../anywhere/owned-resource.ts';
import type { ArtifactBucket } from '../artifact-store/bucket.ts';
import { listDatedArtifacts } from '../artifact-store/list.ts';
import { existingSecrets } from '../secrets/existence.ts';
import { ownSecrets } from '../secrets/list.ts';
import { deploymentOf, domainStack, findStack } from '../stack-engine/described-stack.ts';
import { TAG } from '../stack-engine/names.ts';
import { listStacks } from '../stack-engine/reading.ts';
import { streamsBelow } from '../telemetry/log-streams.ts';
import { namedResource, readable } from './arn.ts';
import { type ExistenceFacts, exists } from './existence.ts';
import { type TaggedResource, taggedResources } from './tagged.ts';

/** Read only: what looking for everything takes. */
export interface EverythingFacts extends ArtifactBucket, ExistenceFacts {
  readonly cloudFormation: CloudFormationClient;
  readonly logs: CloudWatchLogsClient;
  readonly secretsManager: SecretsManagerClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly controlPlane: { readonly logGroup: string };
}

/**
 * All that the account has of deployments. What a stack has made goes with its stack and is not listed beside it. Stacks are looked
 * for by the names that a deployment's stacks have, for every deployment that anything at all was found of.
 */
export async function everythingOf(facts: EverythingFacts): Promise<readonly OwnedResource[]> {
  const [tagged, secrets, logs, artifacts] = await Promise.all([
    taggedResources(facts.tagging, undefined),
    secretsOf(facts),
    logsOf(facts),
    listDatedArtifacts(facts),
  ]);
  const ids = [...tagged.map(ownerOf), ...[...secrets, ...logs].map(({ deploymentId }) => deploymentId)];
  const deployments = new Set(ids.filter((id) => id !== null));
  const stacks = (await Promise.all([...deployments].map((id) => stacksOf(facts, id)))).flat();
  const found = [
    ...stacks,
    ...(await looseOf(facts, tagged, stacks)),
    ...secrets,
    ...logs,
    ...artifacts.map(({ id, changedAt }) => ownedResource({ type: 'artifact', id, since: changedAt })),
  ];
  return [...new Map(found.map((each) => [`${each.type} ${each.id}`, each])).values()];
}

const ownerOf = ({ tags }: TaggedResource): string | null => tags.get(TAG.deployment) ?? null;

async function stacksOf(facts: EverythingFacts, deploymentId: string): Promise<OwnedResource[]> {
  const stacks = await listStacks(facts, deploymentId);
  return await Promise.all(
    stacks.map(async ({ name, blueprint }) => {
      const since = (await findStack(facts.cloudFormation, name))?.changedAt ?? null;
      return ownedResource({ type: 'stack', id: name, deploymentId, blueprint, since });
    }),
  );
}

const SNAPSHOTS = ['rds snapshot', 'rds cluster-snapshot', 'ec2 snapshot'];

/**
 * What carries the tag and belongs to no stack that stands: made by hand, or kept when its stack went. Without a word of its stack it
 * is taken for a part of the deployment's stacks as long as there are any.
 */
async function looseOf(
  facts: EverythingFacts,
  tagged: readonly TaggedResource[],
  stacks: readonly OwnedResource[],
): Promise<readonly OwnedResource[]> {
  const names = new Set(stacks.map(({ id }) => id));
  const deployments = new Set(stacks.map(({ deploymentId }) => deploymentId));
  const loose = tagged.filter((resource) => {
    const { service, kind } = namedResource(resource.arn);
    if (service === 'secretsmanager') return false;
    if (SNAPSHOTS.includes(`${service} ${kind}`) || service === 'cloudformation') return true;
    const stack = resource.tags.get('aws:cloudformation:stack-name');
    return stack === undefined ? !deployments.has(ownerOf(resource)) : !names.has(stack);
  });
  const found = await Promise.all(loose.map((each) => looseResource(facts, each)));
  return found.flat();
}

async function looseResource(facts: EverythingFacts, tagged: TaggedResource): Promise<OwnedResource[]> {
  const named = namedResource(tagged.arn);
  const { service, kind } = named;
  const deploymentId = ownerOf(tagged);
  if (SNAPSHOTS.includes(`${service} ${kind}`)) {
    const keptFor = 'a copy of data: only you can tell whether it is needed';
    return [ownedResource({ type: 'snapshot', id: named.id, deploymentId, keptFor })];
  }
  if (`${service} ${kind}` === 'cloudformation stack') return await stackNamedOtherwise(facts, tagged);
  return (await exists(facts, tagged)) ? [ownedResource({ ...readable(named), deploymentId })] : [];
}

/** One that has our tags and not the name that it should have; those with such a name were found by it. */
async function stackNamedOtherwise(
  { cloudFormation }: EverythingFacts,
  { arn }: TaggedResource,
): Promise<OwnedResource[]> {
  const stack = await findStack(cloudFormation, arn);
  const known = stack && domainStack(stack);
  if (!stack || !known) return [];
  const { name, blueprint } = known;
  return [
    ownedResource({
      type: 'stack',
      id: name,
      deploymentId: deploymentOf(stack) ?? null,
      blueprint,
      since: stack.changedAt,
    }),
  ];
}

const SECRET_NAME = /^hivemind\/([^/]+)\//;

async function secretsOf({ secretsManager }: EverythingFacts): Promise<readonly OwnedResource[]> {
  const secrets = await existingSecrets(secretsManager, await ownSecrets(secretsManager, 'hivemind/'));
  return secrets.map(({ name, createdAt }) =>
    ownedResource({
      type: 'secret',
      id: name,
      deploymentId: SECRET_NAME.exec(name)?.[1] ?? null,
      since: createdAt,
    }),
  );
}

async function logsOf({ logs, controlPlane }: EverythingFacts): Promise<readonly OwnedResource[]> {
  const streams = await streamsBelow({ logs, logGroup: controlPlane.logGroup }, '');
  return streams.map(({ logStreamName: id = '', creationTime, lastIngestionTime }) => {
    const changed = lastIngestionTime ?? creationTime;
    return ownedResource({
      type: 'log-stream',
      id,
      deploymentId: id.split('/')[0] ?? null,
      since: changed === undefined ? null : new Date(changed).toISOString(),
    });
  });
}
