import { RDSClient } from '@aws-sdk/client-rds';
import type { DatabaseSnapshots } from '../../../ports/database-snapshots.ts';
import { createSnapshot, type SnapshotFacts } from '../database-snapshots/create.ts';
import { removeFinalSnapshot } from '../database-snapshots/remove-final.ts';
import { newClient } from './observability.ts';

const rds = newClient(RDSClient);

/** Loaded with `import()` when there is a database to copy, or a copy to remove. */
export const databaseSnapshots = (
  facts: Omit<SnapshotFacts, 'rds'>,
): Pick<DatabaseSnapshots, 'create' | 'removeFinal'> => ({
  create: (databaseStack, token, patience) =>
    createSnapshot({ ...facts, rds }, { databaseStack, token }, patience),
  removeFinal: (final, patience) => removeFinalSnapshot({ ...facts, rds }, final, patience),
});
