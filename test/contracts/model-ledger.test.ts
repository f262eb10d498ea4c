import { once } from 'node:events';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from '@jest/globals';
import { localModelLedger } from '../../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import type { ModelLedger } from '../../src/ports/model-ledger.ts';
import { anOpenCall, settled } from '../fixtures/model-call.ts';
import type { Spending, Spent } from '../fixtures/spending-worker.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { temporaryFolder, temporaryHome } from '../fixtures/temporary-home.ts';
import { modelCallListContract } from './model-call-list.contract.ts';
import { modelLedgerContract } from './model-ledger.contract.ts';
import { modelLedgerAtOnceContract } from './model-ledger-at-once.contract.ts';

const inMemory = () => {
  const clock = stillClock();
  const database = openStateDatabase(':memory:');
  return { ledger: localModelLedger({ database, clock }), advance: clock.advance, database };
};

const databases: DatabaseSync[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

/** Of one state file, each with a connection of its own. */
async function threeClients(): Promise<readonly [ModelLedger, ...ModelLedger[]]> {
  const file = join(await temporaryFolder(), 'state.sqlite');
  const client = () => {
    const database = openStateDatabase(file);
    databases.push(database);
    return localModelLedger({ database, clock: stillClock() });
  };
  return [client(), client(), client()];
}

async function spendingThread(spending: Spending): Promise<Spent> {
  const worker = new Worker(new URL('../fixtures/spending-worker.ts', import.meta.url), {
    workerData: spending,
  });
  const [spent] = (await once(worker, 'message')) as [Spent];
  await worker.terminate();
  return spent;
}

describe('local model ledger', () => {
  modelLedgerContract(async () => inMemory());
  modelCallListContract(async () => inMemory());
  modelLedgerAtOnceContract(threeClients, { callers: 200, runs: 50, callsPerRun: 30 });

  test('never overspends, and alerts once, in threads that run side by side', async () => {
    const file = join(await temporaryFolder(), 'state.sqlite');
    const database = openStateDatabase(file);
    databases.push(database);
    const budgets = [{ key: 'day:2026-01-01', limitNanoUsd: 10_050 }] as const;
    const threads = ['a', 'b', 'c', 'd'].map((name) =>
      spendingThread({ file, name, calls: 50, reservedNanoUsd: 100, costNanoUsd: 90, budgets }),
    );
    const spent = await Promise.all(threads);
    const granted = spent.reduce((sum, thread) => sum + thread.granted, 0);
    const ledger = localModelLedger({ database, clock: stillClock() });
    const [state] = await ledger.budgets(['day:2026-01-01']);
    expect(state).toMatchObject({ spentNanoUsd: granted * 90, reservedNanoUsd: 0 });
    // What is left is less than a call might cost, but for those that were open when the last ones were refused.
    expect(granted * 90).toBeLessThanOrEqual(10_050);
    expect(granted * 90).toBeGreaterThan(10_050 - 4 * 100);
    const percents = spent.flatMap(({ alerts }) => alerts.map(({ percent }) => percent));
    expect(percents.toSorted((a, b) => a - b)).toEqual([50, 80]);
  });

  test('forgets calls and days of long ago, and not what a deployment spent', async () => {
    const { ledger, advance } = inMemory();
    const budgets = [
      { key: 'day:2026-01-01', limitNanoUsd: 10_000 },
      { key: 'deployment:shop-abc234', limitNanoUsd: 10_000 },
    ] as const;
    await ledger.settle(settled(anOpenCall()), budgets);
    advance(400 * 86_400);
    const later = anOpenCall({ id: 'later', askedAt: '2027-02-05T00:00:00.000Z' });
    await ledger.reserve(later, []);
    expect(await ledger.list({ since: '2026-01-01T00:00:00.000Z' })).toHaveLength(2);
    advance(86_400);
    await ledger.reserve(later, []);
    expect(await ledger.list({ since: '2026-01-01T00:00:00.000Z' })).toEqual([later]);
    expect((await ledger.budgets(budgets.map(({ key }) => key))).map((state) => state.spentNanoUsd)).toEqual([
      0, 1_000,
    ]);
  });

  test('survives a restart between a call and its end', async () => {
    const home = await temporaryHome();
    const clock = stillClock();
    const budgets = [{ key: 'day:2026-01-01', limitNanoUsd: 10_000 }] as const;
    const before = openStateDatabase(home);
    await localModelLedger({ database: before, clock }).reserve(anOpenCall(), budgets);
    before.close();
    const after = openStateDatabase(home);
    const ledger = localModelLedger({ database: after, clock });
    await ledger.settle(settled(anOpenCall(), { costNanoUsd: 10 }), budgets);
    expect(await ledger.budgets(['day:2026-01-01'])).toEqual([
      { key: 'day:2026-01-01', spentNanoUsd: 10, reservedNanoUsd: 0 },
    ]);
    after.close();
  });

  test('fails with a clear error on damaged records', async () => {
    const { ledger, database } = inMemory();
    await ledger.record(anOpenCall());
    database.exec(`UPDATE model_calls SET document = '{"id": 5}'`);
    await expect(ledger.list({ since: '2026-01-01T00:00:00.000Z' })).rejects.toThrow(
      'a stored record is damaged',
    );
  });
});
