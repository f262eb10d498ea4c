import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { awsDatabaseSnapshots } from '../../src/adapters/aws/database-snapshots.ts';
import type { DatabaseSnapshots } from '../../src/ports/database-snapshots.ts';
import type { Account } from './account.ts';
import { BRISK_CLOCK } from './stack-engine.ts';

export const snapshotsOf = ({ settings }: Account): DatabaseSnapshots =>
  awsDatabaseSnapshots({
    cloudFormation: new CloudFormationClient(settings),
    rds: new RDSClient(settings),
    tagging: new ResourceGroupsTaggingAPIClient(settings),
    clock: BRISK_CLOCK,
  });

/** Of all manual ones of the account, sorted. */
export async function snapshotNames({ settings }: Account): Promise<string[]> {
  const { DBSnapshots = [] } = await new RDSClient(settings).send(
    new DescribeDBSnapshotsCommand({ SnapshotType: 'manual' }),
  );
  return DBSnapshots.map(({ DBSnapshotIdentifier = '' }) => DBSnapshotIdentifier).toSorted();
}

/** Names of the snapshots that stay of the database of a deployment. */
export const keptSnapshots = async (account: Account, deploymentId = 'unknown'): Promise<string[]> =>
  (await snapshotNames(account)).filter((id) => id.includes(deploymentId));
