import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { localArtifactStore } from '../../src/adapters/local/artifact-store.ts';
import { PostgresClusters } from '../../src/adapters/local/database/clusters.ts';
import { localResourceInventory } from '../../src/adapters/local/resource-inventory.ts';
import { localSecrets } from '../../src/adapters/local/secrets.ts';
import { LogFiles } from '../../src/adapters/local/telemetry-logs/log-files.ts';
import { type LocalStacks, localStacks } from '../fixtures/local-stacks.ts';
import { waitFor } from '../fixtures/wait-for.ts';
import { type InventoryUnderTest, resourceInventoryContract } from './resource-inventory.contract.ts';

const RELEASE = { color: 'blue', release: '1', commit: '0123abc', root: '.', runtime: 'node' };
const patience = { patienceSeconds: 10 };
const processes = [
  { name: 'worker', command: { kind: 'argv', argv: ['node', 'wait.js'] }, exposed: false, count: 1 },
];

async function openLocal(opened?: LocalStacks): Promise<InventoryUnderTest> {
  const local = opened ?? (await localStacks());
  const secrets = localSecrets(local.home);
  const artifacts = localArtifactStore(local.home);
  const clusters = new PostgresClusters({ home: local.home, secrets, telemetry: { log: () => undefined } });
  return {
    inventory: localResourceInventory({
      ...local,
      secrets,
      clusters,
      artifacts,
      telemetry: new LogFiles(local.home),
    }),
    make: async (deploymentId) => {
      await secrets.put(deploymentId, 'environment', { A: 'b' });
      const name = `${deploymentId}-compute-blue`;
      const parameters = { ...RELEASE, artifact: 'files', processes: JSON.stringify(processes) };
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
    storeArtifact: async (folder, facts) => (await artifacts.put(folder, facts)).id,
  };
}

describe('local resource inventory', () => {
  resourceInventoryContract(() => openLocal());

  test('sees processes, folders, stacks and secrets', async () => {
    const { inventory, make } = await openLocal();
    await make('shop-1');
    const types = (await inventory.find('shop-1')).map(({ type }) => type);
    expect(types.sort()).toEqual(['directory', 'process', 'secret', 'stack']);
  });

  test('finds strays: a process and a folder that no instance has, and an instance without its stack', async () => {
    const local = await localStacks();
    const { inventory, make } = await openLocal(local);
    await make('shop-1');
    await mkdir(local.home.folder('instances', 'i-lost'));
    local.database.exec("DELETE FROM stacks WHERE name = 'shop-1-compute-blue'");
    const environment = {
      PATH: process.env['PATH'],
      HIVEMIND_OWNER: local.home.owner,
      HIVEMIND_INSTANCE: 'i-lost',
    };
    const stranger = spawn('sleep', ['60'], { env: environment, stdio: 'ignore' });
    const ended = once(stranger, 'exit');
    const strays = async () => (await inventory.everything()).filter(({ stray }) => stray);
    const found = await waitFor(async () => {
      const all = await strays();
      return all.some(({ type }) => type === 'process') ? all : undefined;
    });
    expect(found.map(({ type }) => type).sort()).toEqual(['directory', 'instance', 'process']);
    for (const stray of found) await inventory.remove(stray, patience);
    await ended;
    expect(await strays()).toEqual([]);
    expect(await local.supervisor.listDeployment('shop-1')).toEqual([]);
  });

  test('ends no process that is not ours', async () => {
    const { inventory } = await openLocal();
    const stranger = spawn('sleep', ['60'], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    const ended = once(stranger, 'exit');
    await inventory.remove({ ...STRAY, type: 'process', id: String(stranger.pid) }, patience);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
    await ended;
  });

  test('knows snapshots, and keeps them', async () => {
    const local = await localStacks();
    const { inventory } = await openLocal(local);
    await writeFile(local.home.folder('snapshots', 'shop-1-20260101T000000000Z.sql'), '');
    const [snapshot] = await inventory.everything();
    expect(snapshot).toMatchObject({ type: 'snapshot', deploymentId: 'shop-1', keptFor: expect.any(String) });
    await expect(inventory.remove({ ...STRAY, ...snapshot }, patience)).rejects.toMatchObject({
      name: 'ResourcesLeft',
    });
  });
});

const STRAY = {
  type: 'process',
  id: '',
  deploymentId: null,
  since: null,
  blueprint: null,
  stray: true,
  keptFor: null,
};
