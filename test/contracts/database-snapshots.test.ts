import { describe, jest } from '@jest/globals';
import { localDatabaseSnapshots } from '../../src/adapters/local/database-snapshots.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { never, temporaryClusters } from '../fixtures/databases.ts';
import { databaseSnapshotsContract } from './database-snapshots.contract.ts';

jest.setTimeout(60_000);

describe('local database snapshots', () =>
  databaseSnapshotsContract(async () => {
    const { home, clusters } = await temporaryClusters();
    const [databaseStack, deploymentId] = ['shop-abc234-database', 'shop-abc234'];
    await clusters.create(databaseStack, { deploymentId, databaseName: 'shop' }, never);
    const snapshots = localDatabaseSnapshots({ home, clusters, database: openStateDatabase(':memory:') });
    return { snapshots, databaseStack, deploymentId };
  }));
