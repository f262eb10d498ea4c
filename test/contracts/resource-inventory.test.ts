import { describe, expect, test } from '@jest/globals';
import { PostgresClusters } from '../../src/adapters/local/database/clusters.ts';
import { localResourceInventory } from '../../src/adapters/local/resource-inventory.ts';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { localStacks } from '../fixtures/local-stacks.ts';
import { type InventoryUnderTest, resourceInventoryContract } from './resource-inventory.contract.ts';

const patience = { patienceSeconds: 10 };
const processes = [
  { name: 'worker', command: { kind: 'argv', argv: ['node', 'wait.js'] }, exposed: false, count: 1 },
];

async function openLocal(): Promise<InventoryUnderTest> {
  const local = await localStacks();
  const secrets = localSecrets(local.home);
  const clusters = new PostgresClusters({ home: local.home, secrets, telemetry: { log: () => undefined } });
  return {
    inventory: localResourceInventory({ ...local, secrets, clusters }),
    make: async (deploymentId) => {
      await secrets.put(deploymentId, 'environment', { A: 'b' });
      const name = `${deploymentId}-compute-blue`;
      const parameters = { artifact: 'files', processes: JSON.stringify(processes) };
      await local.stacks.deploy(
        { name, blueprint: 'compute', deploymentId, parameters, tags: {}, token: name },
        patience,
      );
      await local.supervisor.start((await local.supervisor.list(name)).map(({ id }) => id));
    },
    removeAll: async (deploymentId) => {
      await local.stacks.remove(`${deploymentId}-compute-blue`, patience);
      await secrets.removeAll(deploymentId);
    },
  };
}

describe('local resource inventory', () => {
  resourceInventoryContract(openLocal);

  test('sees processes, folders, stacks and secrets', async () => {
    const { inventory, make } = await openLocal();
    await make('shop-1');
    const types = (await inventory.find('shop-1')).map(({ type }) => type);
    expect(types.sort()).toEqual(['directory', 'process', 'secret', 'stack']);
  });
});
