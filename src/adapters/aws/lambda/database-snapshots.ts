import { RDSClient } from '@aws-sdk/client-rds';
import type { DatabaseSnapshots } from '../../../ports/database-snapshots.ts';
import { createSnapshot, type SnapshotFacts } from '../database-snapshots/create.ts';
import { newClient } from './observability.ts';

const rds = newClient(RDSClient);

/** Loaded with `import()` when there is a database to copy. */
export const databaseSnapshots = (facts: Omit<SnapshotFacts, 'rds'>): Pick<DatabaseSnapshots, 'create'> => ({
  create: (databaseStack, token, patience) =>
    createSnapshot({ ...facts, rds }, { databaseStack, token }, patience),
});
