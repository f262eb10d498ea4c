import type { ResourceChange } from '@aws-sdk/client-cloudformation';

/**
 * Properties of a database whose change CloudFormation announces as a conditional replacement ("Update requires: Some interruptions" in its
 * reference of AWS::RDS::DBInstance), and which RDS changes in place: the condition is another property, an Availability Zone or a snapshot
 * to restore from, which no blueprint has.
 */
const CHANGED_IN_PLACE = [
  'AutoMinorVersionUpgrade',
  'BackupRetentionPeriod',
  'DBParameterGroupName',
  'MultiAZ',
  'StorageType',
];

/** Whether a resource may be made anew, and not only changed. What CloudFormation cannot tell beforehand may be. */
export function mayBeReplaced({ ResourceType, Replacement, Details = [] }: ResourceChange): boolean {
  if (Replacement !== 'Conditional') return Replacement === 'True';
  if (ResourceType !== 'AWS::RDS::DBInstance' || Details.length === 0) return true;
  return Details.some(
    ({ Target }) => Target?.RequiresRecreation !== 'Never' && !CHANGED_IN_PLACE.includes(Target?.Name ?? ''),
  );
}
