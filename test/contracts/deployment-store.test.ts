import { describe, expect, test } from '@jest/globals';
import { localDeploymentStore } from '../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { aProposedFix } from '../fixtures/proposed-fix.ts';
import { stillClock } from '../fixtures/still-clock.ts';
import { temporaryHome } from '../fixtures/temporary-home.ts';
import { aDeployment, anExecution, deploymentStoreContract } from './deployment-store.contract.ts';
import { executionChangesContract } from './execution-changes.contract.ts';
import { fixRecordsContract } from './fix-records.contract.ts';

const inMemory = () => {
  const clock = stillClock();
  const database = openStateDatabase(':memory:');
  return { store: localDeploymentStore({ database, clock }), advance: clock.advance, database };
};

describe('local deployment store', () => {
  deploymentStoreContract(async () => inMemory());
  executionChangesContract(async () => inMemory());
  fixRecordsContract(async () => inMemory());

  test('survives a restart', async () => {
    const home = await temporaryHome();
    const clock = stillClock();
    const before = openStateDatabase(home);
    await localDeploymentStore({ database: before, clock }).createDeployment(aDeployment());
    before.close();
    const after = openStateDatabase(home);
    expect(await localDeploymentStore({ database: after, clock }).findDeployment('shop')).toEqual(
      aDeployment(),
    );
    after.close();
  });

  test('brings the state of an older HiveMind up to date', async () => {
    const home = await temporaryHome();
    const clock = stillClock();
    const before = openStateDatabase(home);
    await localDeploymentStore({ database: before, clock }).createExecution(anExecution());
    const newer = ['fixes', 'model_calls', 'model_budgets', 'model_breakers', 'model_answers'];
    for (const table of newer) before.exec(`DROP TABLE ${table}`);
    before.exec('PRAGMA user_version = 1');
    before.close();
    const after = openStateDatabase(home);
    const store = localDeploymentStore({ database: after, clock });
    await store.putFix(aProposedFix());
    expect(await store.listFixes('deploy-1')).toEqual([aProposedFix()]);
    expect(await store.findExecution('deploy-1')).toEqual(anExecution());
    after.close();
  });

  test('refuses to change or delete events', async () => {
    const { store, database } = inMemory();
    await store.appendEvent({
      deploymentId: 'd',
      executionId: null,
      actor: 'a',
      type: 'warning',
      message: 'm',
      data: {},
    });
    expect(() => database.exec("UPDATE events SET message = 'other'")).toThrow('append-only');
    expect(() => database.exec('DELETE FROM events')).toThrow('append-only');
  });

  test('fails with a clear error on damaged records', async () => {
    const { store, database } = inMemory();
    await store.createDeployment(aDeployment());
    database.exec(`UPDATE deployments SET document = '{"id": 5}'`);
    await expect(store.findDeployment('shop')).rejects.toThrow('a stored record is damaged');
  });
});
