import {
  type DBSnapshot,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsCommandOutput,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Clock } from '../../../ports/clock.ts';
import type { FinalSnapshot } from '../../../ports/database-snapshots.ts';
import type { Patience } from '../../../ports/stack-engine.ts';
import { asked, askedUnless } from '../aws-failure.ts';
import { type Look, lookUntilSettled, settled, underWay } from '../polling.ts';
import { MANAGED_BY_TAG } from '../stack-engine/names.ts';
import { findSnapshot, SNAPSHOT_NOT_FOUND, snapshotNameIn } from './snapshot.ts';

export interface FinalSnapshotFacts {
  readonly rds: RDSClient;
  readonly clock: Clock;
}

/**
 * CloudFormation has one made by the deletion policy `Snapshot`.
 * @returns false while it is being made or removed: call again
 */
export const removeFinalSnapshot = (
  facts: FinalSnapshotFacts,
  final: FinalSnapshot,
  patience: Patience,
): Promise<boolean> => lookUntilSettled(() => lookAtFinal(facts, final), patience, facts.clock);

async function lookAtFinal({ rds, clock }: FinalSnapshotFacts, final: FinalSnapshot): Promise<Look<boolean>> {
  const copy = final.copy === null ? undefined : await findSnapshot(rds, snapshotNameIn(final.copy));
  // Without the copy that was made instead, this one is all that is left of the data.
  if (final.copy !== null && copy?.Status !== 'available') return settled(true);
  const snapshots = (await snapshotsOf(rds, final.databaseStack)).filter(
    (snapshot) =>
      isFinal(snapshot, final) &&
      (copy === undefined || copy.DbiResourceId === snapshot.DbiResourceId) &&
      !wasMadeBefore(snapshot, final.since),
  );
  for (const snapshot of snapshots) {
    if (!UNDER_WAY.includes(snapshot.Status ?? '')) await remove(rds, snapshot, Date.parse(clock.now()));
  }
  return snapshots.length === 0 ? settled(true) : underWay(false);
}

/** By its database, which has the name of its stack: the name of a stack may begin with that of another. */
async function snapshotsOf(rds: RDSClient, databaseStack: string): Promise<readonly DBSnapshot[]> {
  const found: DBSnapshot[] = [];
  let Marker: string | undefined;
  do {
    const page: DescribeDBSnapshotsCommandOutput = await asked(
      rds.send(
        new DescribeDBSnapshotsCommand({
          SnapshotType: 'manual',
          // Not by `DBInstanceIdentifier`, which is meant for databases that exist.
          Filters: [{ Name: 'db-instance-id', Values: [databaseStack] }],
          ...(Marker && { Marker }),
        }),
      ),
      `look for snapshots of the database ${databaseStack}`,
    );
    found.push(...(page.DBSnapshots ?? []));
    Marker = page.Marker;
  } while (Marker);
  return found;
}

/** `<logical id>-<random>` in small letters, after `<stack>-snapshot-`: an operator's own snapshot may begin alike. */
const NAMED_BY_CLOUDFORMATION = /^instance-[a-z0-9]{10,}$/;

function isFinal(snapshot: DBSnapshot, { databaseStack }: FinalSnapshot): boolean {
  const { DBSnapshotIdentifier: id = '', DBInstanceIdentifier, SnapshotType, TagList = [] } = snapshot;
  const prefix = `${databaseStack}-snapshot-`.toLowerCase();
  return (
    SnapshotType === 'manual' &&
    DBInstanceIdentifier?.toLowerCase() === databaseStack.toLowerCase() &&
    id.startsWith(prefix) &&
    NAMED_BY_CLOUDFORMATION.test(id.slice(prefix.length)) &&
    !TagList.some(({ Key, Value }) => Key === MANAGED_BY_TAG.Key && Value === MANAGED_BY_TAG.Value)
  );
}

/** One that is still being made may have no time yet. */
const wasMadeBefore = ({ SnapshotCreateTime: time }: DBSnapshot, since: string): boolean =>
  time !== undefined && time.getTime() < Date.parse(since);

const UNDER_WAY = ['creating', 'deleting'];
/** Busy with what somebody else does with it, such as a copy. That is waited for so long after it was made. */
const BUSY = ['InvalidDBSnapshotState', 'InvalidDBSnapshotStateFault'];
const BUSY_MILLISECONDS = 900_000;

async function remove(rds: RDSClient, snapshot: DBSnapshot, now: number): Promise<void> {
  const { DBSnapshotIdentifier: id, SnapshotCreateTime } = snapshot;
  const isOld = now - (SnapshotCreateTime?.getTime() ?? 0) > BUSY_MILLISECONDS;
  await askedUnless(
    rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })),
    isOld ? SNAPSHOT_NOT_FOUND : [...SNAPSHOT_NOT_FOUND, ...BUSY],
    `remove the final snapshot ${id}`,
  );
}
