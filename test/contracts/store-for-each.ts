import { beforeEach } from '@jest/globals';
import type { DeploymentStore } from '../../src/ports/deployment-store.ts';

/** Opens the store that a contract asks of its adapter. */
export type OpenStore = () => Promise<{ readonly store: DeploymentStore }>;

/** An empty store for each test. */
export function storeForEach(open: OpenStore): () => DeploymentStore {
  let store: DeploymentStore;
  beforeEach(async () => {
    ({ store } = await open());
  });
  return () => store;
}
