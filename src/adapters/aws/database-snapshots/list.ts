import type { RDSClient } from '@aws-sdk/client-rds';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Snapshot } from '../../../ports/database-snapshots.ts';
import { taggedResources } from '../resource-inventory/tagged.ts';
import { findSnapshot, snapshotNameIn, snapshotOf } from './snapshot.ts';

/** Oldest first. By the index of tags, because RDS itself would list every snapshot of the account. */
export async function listSnapshots(
  { rds, tagging }: { readonly rds: RDSClient; readonly tagging: ResourceGroupsTaggingAPIClient },
  deploymentId: string,
): Promise<readonly Snapshot[]> {
  const tagged = await taggedResources(tagging, deploymentId, ['rds:snapshot']);
  const found = await Promise.all(tagged.map(({ arn }) => findSnapshot(rds, snapshotNameIn(arn))));
  return found
    .filter((snapshot) => snapshot?.Status === 'available' && snapshot.SnapshotType === 'manual')
    .flatMap((snapshot) => (snapshot ? [snapshotOf(snapshot)] : []))
    .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
}
