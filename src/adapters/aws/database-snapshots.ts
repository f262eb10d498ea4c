import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { DatabaseSnapshots } from '../../ports/database-snapshots.ts';
import { createSnapshot, type SnapshotFacts } from './database-snapshots/create.ts';
import { listSnapshots } from './database-snapshots/list.ts';
import { removeFinalSnapshot } from './database-snapshots/remove-final.ts';

/** Snapshots of RDS, which stay when the database and its stack go. */
export const awsDatabaseSnapshots = (
  facts: SnapshotFacts & { readonly tagging: ResourceGroupsTaggingAPIClient },
): DatabaseSnapshots => ({
  create: (databaseStack, token, patience) => createSnapshot(facts, { databaseStack, token }, patience),
  removeFinal: (final, patience) => removeFinalSnapshot(facts, final, patience),
  list: (deploymentId) => listSnapshots(facts, deploymentId),
});
