import { expect, test } from '@jest/globals';
import { inOrderOfRemoval, orphansAmong } from '../../src/domain/orphan.ts';
import type { ResourceInventory } from '../../src/ports/resource-inventory.ts';

export interface InventoryUnderTest {
  readonly inventory: ResourceInventory;
  /** Makes something for this deployment. */
  readonly make: (deploymentId: string) => Promise<void>;
  readonly removeAll: (deploymentId: string) => Promise<void>;
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
}

/** Nothing lives. */
const NOBODY = {
  living: new Set<string>(),
  destroyed: new Map<string, string>(),
  usedArtifacts: new Set<string>(),
  isWorking: false,
};
