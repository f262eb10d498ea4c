import {
  GetResourcesCommand,
  type GetResourcesCommandOutput,
  type ResourceGroupsTaggingAPIClient,
  type ResourceTagMapping,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { asked } from '../aws-failure.ts';
import { TAG } from '../stack-engine/names.ts';

export interface TaggedResource {
  readonly arn: string;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * What the index of tags knows of a deployment. It lags behind the world: what was removed a short while ago is still in it.
 * @param deploymentId of all deployments when undefined
 * @param types `rds:snapshot`; all when absent
 */
export async function taggedResources(
  tagging: ResourceGroupsTaggingAPIClient,
  deploymentId: string | undefined,
  types?: readonly string[],
): Promise<readonly TaggedResource[]> {
  const found: TaggedResource[] = [];
  let PaginationToken: string | undefined;
  do {
    const page: GetResourcesCommandOutput = await asked(
      tagging.send(
        new GetResourcesCommand({
          TagFilters: [
            { Key: TAG.deployment, ...(deploymentId !== undefined && { Values: [deploymentId] }) },
          ],
          ...(types && { ResourceTypeFilters: [...types] }),
          ...(PaginationToken && { PaginationToken }),
        }),
      ),
      `find the resources of ${deploymentId ?? 'all deployments'} by their tag`,
    );
    found.push(...(page.ResourceTagMappingList ?? []).flatMap(taggedResource));
    PaginationToken = page.PaginationToken;
  } while (PaginationToken);
  return found;
}

const taggedResource = ({ ResourceARN, Tags = [] }: ResourceTagMapping): TaggedResource[] =>
  ResourceARN === undefined
    ? []
    : [{ arn: ResourceARN, tags: new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) }];
