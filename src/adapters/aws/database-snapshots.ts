import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { DatabaseSnapshots } from '../../ports/database-snapshots.ts';
import { createSnapshot, type SnapshotFacts } from './database-snapshots/create.ts';
import { listSnapshots } from './database-snapshots/list.ts';

/** Snapshots of RDS, which stay when the database and its stack go. */
export const awsDatabaseSnapshots = (
  facts: SnapshotFacts & { readonly tagging: ResourceGroupsTaggingAPIClient },
): DatabaseSnapshots => ({
  create: (databaseStack, token, patience) => createSnapshot(facts, { databaseStack, token }, patience),
  list: (deploymentId) => listSnapshots(facts, deploymentId),
});
