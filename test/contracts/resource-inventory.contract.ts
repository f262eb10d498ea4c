import { expect, test } from '@jest/globals';
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
}
