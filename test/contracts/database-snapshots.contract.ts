import { expect, test } from '@jest/globals';
import type { DatabaseSnapshots } from '../../src/ports/database-snapshots.ts';

export interface SnapshotsUnderTest {
  readonly snapshots: DatabaseSnapshots;
  /** A database that exists, and its deployment. */
  readonly databaseStack: string;
  readonly deploymentId: string;
}

const patience = { patienceSeconds: 30 };

/** What every adapter of the DatabaseSnapshots port does. */
export function databaseSnapshotsContract(make: () => Promise<SnapshotsUnderTest>): void {
  test('creates one snapshot for each token', async () => {
    const { snapshots, databaseStack, deploymentId } = await make();

    const create = async (token: string) => {
      const snapshot = await snapshots.create(databaseStack, token, patience);
      if (!snapshot) throw new Error(`the snapshot ${token} is still being made`);
      return snapshot;
    };
    const [first, again] = await Promise.all([create('token-1'), create('token-1')]);
    const second = await create('token-2');

    expect(again).toEqual(first);
    expect(await create('token-1')).toEqual(first);
    expect(second.id).not.toBe(first.id);
    expect(await snapshots.list(deploymentId)).toEqual([first, second]);
    expect(await snapshots.list('another-abc234')).toEqual([]);
    expect(first).toMatchObject({ deploymentId, location: expect.any(String) });
    expect(first.bytes).toBeGreaterThan(0);
    expect(new Date(first.createdAt).toISOString()).toBe(first.createdAt);
  });

  test('keeps what was saved when the final snapshot of a database is removed, also of one without', async () => {
    const { snapshots, databaseStack, deploymentId } = await make();
    const saved = await snapshots.create(databaseStack, 'token-1', patience);
    const copy = saved?.location ?? '';

    const final = { databaseStack, since: '2026-01-01T00:00:00.000Z', copy };
    expect(await snapshots.removeFinal(final, patience)).toBe(true);
    expect(await snapshots.removeFinal({ ...final, copy: null }, patience)).toBe(true);
    expect(await snapshots.removeFinal({ ...final, databaseStack: 'no-such-database' }, patience)).toBe(true);
    expect(await snapshots.list(deploymentId)).toEqual([saved]);
  });

  test('fails with StackNotFound for an unknown database', async () => {
    const { snapshots, deploymentId } = await make();

    await expect(snapshots.create('no-such-database', 'token-1', patience)).rejects.toMatchObject({
      name: 'StackNotFound',
    });
    expect(await snapshots.list(deploymentId)).toEqual([]);
  });
}
