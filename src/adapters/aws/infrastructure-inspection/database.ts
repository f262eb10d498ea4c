import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { type DBInstance, DescribeDBInstancesCommand, type RDSClient } from '@aws-sdk/client-rds';
import type { InfrastructureObservation } from '../../../ports/infrastructure-inspection.ts';
import { askedUnless } from '../aws-failure.ts';
import { sourcesOf } from './network.ts';

export interface DatabaseFacts {
  readonly securityGroups: readonly string[];
  /** @param groups at least the database's own security groups */
  observe(groups: readonly SecurityGroup[]): NonNullable<InfrastructureObservation['database']>;
}

/** Undefined when the deployment has none, or it is gone. */
export async function describeDatabase(
  { rds }: { readonly rds: RDSClient },
  instanceId: string | undefined,
): Promise<DatabaseFacts | undefined> {
  if (instanceId === undefined) return undefined;
  const found = await askedUnless(
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instanceId })),
    ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
    'look at the database',
  );
  const [database] = found?.DBInstances ?? [];
  if (database === undefined) return undefined;
  const securityGroups = (database.VpcSecurityGroups ?? []).flatMap(
    ({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? [],
  );
  return { securityGroups, observe: (groups) => observation(database, ingressOf(groups, securityGroups)) };
}

const observation = (
  database: DBInstance,
  reachableFrom: readonly string[],
): NonNullable<InfrastructureObservation['database']> => ({
  publiclyAccessible: database.PubliclyAccessible === true,
  encrypted: database.StorageEncrypted === true,
  deletionProtection: database.DeletionProtection === true,
  backupRetentionDays: database.BackupRetentionPeriod ?? 0,
  reachableFrom,
});

const ingressOf = (groups: readonly SecurityGroup[], own: readonly string[]): readonly string[] => [
  ...new Set(
    groups
      .filter(({ GroupId = '' }) => own.includes(GroupId))
      .flatMap(({ IpPermissions = [] }) => IpPermissions.flatMap(sourcesOf)),
  ),
];
