import type { Stack } from '../../src/domain/stack.ts';

/** A stack of the deployment `shop-1` as an engine describes it. */
export const madeStack = (blueprint: Stack['blueprint'], outputs: Stack['outputs'] = {}): Stack => ({
  name: `shop-1-${blueprint}`,
  blueprint,
  deploymentId: 'shop-1',
  status: 'CREATE_COMPLETE',
  parameters: {},
  outputs,
  failure: null,
});
