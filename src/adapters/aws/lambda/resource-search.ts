import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { ResourceInventory } from '../../../ports/resource-inventory.ts';
import { findResources, type InventoryFacts } from '../resource-inventory.ts';
import { newClient } from './observability.ts';

const clients = {
  cloudWatch: newClient(CloudWatchClient),
  rds: newClient(RDSClient),
  tagging: newClient(ResourceGroupsTaggingAPIClient),
};

/** Loaded with `import()` when resources are looked for, before and after all else of a removal: it takes clients that only it has. */
export const resourceSearch = (
  facts: Omit<InventoryFacts, keyof typeof clients>,
): Pick<ResourceInventory, 'find'> => ({
  find: (deploymentId) => findResources({ ...facts, ...clients }, deploymentId),
});
