import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inOrderOfRemoval, orphansAmong } from '../../src/domain/orphan.ts';
import type { ArtifactFacts } from '../../src/ports/artifact-store.ts';
import type { ResourceInventory } from '../../src/ports/resource-inventory.ts';
import { temporaryFolder } from '../fixtures/temporary-home.ts';

export interface InventoryUnderTest {
  readonly inventory: ResourceInventory;
  /** Makes something for this deployment. */
  readonly make: (deploymentId: string) => Promise<void>;
  readonly removeAll: (deploymentId: string) => Promise<void>;
  /** Stores the folder as an artifact that no record names, as a build leaves it whose answer is lost. Returns its id. */
  readonly storeArtifact: (folder: string, facts: ArtifactFacts) => Promise<string>;
}

/** What every ResourceInventory does. */
export function resourceInventoryContract(open: () => Promise<InventoryUnderTest>): void {
  test('finds what there is until it is gone', async () => {
    const { inventory, make, removeAll } = await open();
    expect(await inventory.find('shop-1')).toEqual([]);
    await make('shop-1');
    const found = await inventory.find('shop-1');
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ type, id }) => `${type} ${id}`)).size).toBe(found.length);
    await removeAll('shop-1');
    expect(await inventory.find('shop-1')).toEqual([]);
  });

  test('tells deployments with similar ids apart', async () => {
    const { inventory, make } = await open();
    await make('shop-10');
    expect(await inventory.find('shop-1')).toEqual([]);
  });

  test('finds everything of all deployments, with their owners, and removes it', async () => {
    const { inventory, make } = await open();
    expect(await inventory.everything()).toEqual([]);
    await make('shop-1');
    const everything = await inventory.everything();
    expect(everything.length).toBeGreaterThan(0);
    expect(new Set(everything.map(({ type, id }) => `${type} ${id}`)).size).toBe(everything.length);
    expect(everything.filter(({ deploymentId }) => deploymentId !== 'shop-1')).toEqual([]);
    const stacks = everything.filter(({ type }) => type === 'stack');
    expect(stacks.map(({ blueprint }) => blueprint)).not.toContain(null);
    const facts = { ...NOBODY, now: new Date().toISOString(), olderThanSeconds: 0 };
    for (const orphan of inOrderOfRemoval(orphansAmong(everything, facts))) {
      expect(await inventory.remove(orphan, { patienceSeconds: 60 })).toBe(true);
      expect(await inventory.remove(orphan, { patienceSeconds: 60 })).toBe(true);
    }
    expect(await inventory.everything()).toEqual([]);
    expect(await inventory.find('shop-1')).toEqual([]);
  });

  test('finds an artifact that no record names, which is an orphan when it is old, and removes it', async () => {
    const { inventory, storeArtifact } = await open();
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'server.js'), '');
    const id = await storeArtifact(folder, BUILT);
    const everything = await inventory.everything();
    expect(everything).toMatchObject([
      { type: 'artifact', id, deploymentId: null, since: expect.any(String) },
    ]);
    const verdict = (olderThanSeconds: number) => {
      const facts = { ...NOBODY, now: new Date(Date.now() + HOUR).toISOString(), olderThanSeconds };
      return orphansAmong(everything, facts);
    };
    expect(verdict(86_400)).toMatchObject([{ verdict: 'too young' }]);
    const [orphan] = inOrderOfRemoval(verdict(60));
    expect(orphan).toMatchObject({ verdict: 'orphan', reason: 'no release that can run has it' });
    if (orphan) await inventory.remove(orphan, { patienceSeconds: 60 });
    expect(await inventory.everything()).toEqual([]);
  });
}

const HOUR = 3_600_000;

const BUILT: ArtifactFacts = {
  commit: 'c'.repeat(40),
  tree: 't'.repeat(40),
  root: '.',
  runtime: 'node',
  runtimeVersion: '24.0.0',
  environmentNames: [],
};

/** Nothing lives. */
const NOBODY = {
  living: new Set<string>(),
  destroyed: new Map<string, string>(),
  usedArtifacts: new Set<string>(),
  isWorking: false,
};
