import { type DBSnapshot, DescribeDBSnapshotsCommand, type RDSClient } from '@aws-sdk/client-rds';
import type { Snapshot } from '../../../ports/database-snapshots.ts';
import { askedUnless } from '../aws-failure.ts';
import { TAG } from '../stack-engine/names.ts';

export const SNAPSHOT_NOT_FOUND = ['DBSnapshotNotFound', 'DBSnapshotNotFoundFault'];

/** Undefined when there is none. */
export async function findSnapshot(rds: RDSClient, id: string): Promise<DBSnapshot | undefined> {
  const answer = await askedUnless(
    rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id })),
    SNAPSHOT_NOT_FOUND,
    `look at the snapshot ${id}`,
  );
  return answer?.DBSnapshots?.[0];
}

/** `arn:aws:rds:region:account:snapshot:name` → `name` */
export const snapshotNameIn = (arn: string): string => arn.split(':').at(-1) ?? arn;

const BYTES_PER_GIB = 1024 ** 3;

/** RDS tells how large the storage of the database is, not how much of it the copy takes. */
export const snapshotOf = (snapshot: DBSnapshot): Snapshot => ({
  id: snapshot.DBSnapshotIdentifier ?? '',
  deploymentId: snapshot.TagList?.find(({ Key }) => Key === TAG.deployment)?.Value ?? '',
  location: snapshot.DBSnapshotArn ?? '',
  bytes: (snapshot.AllocatedStorage ?? 0) * BYTES_PER_GIB,
  createdAt: (snapshot.SnapshotCreateTime ?? new Date(0)).toISOString(),
});
