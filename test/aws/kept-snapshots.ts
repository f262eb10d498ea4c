import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import type { Account } from './account.ts';

/** Names of the snapshots that stay of the database of a deployment. */
export async function keptSnapshots({ settings }: Account, deploymentId = 'unknown'): Promise<string[]> {
  const { DBSnapshots = [] } = await new RDSClient(settings).send(
    new DescribeDBSnapshotsCommand({ SnapshotType: 'manual' }),
  );
  return DBSnapshots.map(({ DBSnapshotIdentifier = '' }) => DBSnapshotIdentifier).filter((id) =>
    id.includes(deploymentId),
  );
}
