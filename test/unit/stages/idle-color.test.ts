import { expect, test } from '@jest/globals';
import type { Stack } from '../../../src/domain/stack.ts';
import type { Weights } from '../../../src/domain/swap.ts';
import type { TargetHealth } from '../../../src/ports/traffic-router.ts';
import { requireIdle } from '../../../src/stages/idle-color.ts';

const balancer: Stack = {
  name: 'shop-load-balancer',
  blueprint: 'load-balancer',
  deploymentId: 'shop',
  status: 'CREATE_COMPLETE',
  parameters: {},
  outputs: {},
  failure: null,
};

function world(weights: Weights, state: TargetHealth['state']) {
  const seen = { weights };
  return {
    seen,
    ports: {
      stacks: { list: async () => [balancer] },
      router: {
        weights: async () => seen.weights,
        health: async () => [{ id: 'i-1', state, reason: null, lastStatus: 200, consecutive: 1 }],
        shift: async (_: string, wanted: Weights) => {
          seen.weights = wanted;
        },
      },
    },
  };
}

test('a colour beside the live one loses the traffic that somebody has given it', async () => {
  const { ports, seen } = world({ blue: 40, green: 60 }, 'healthy');
  await requireIdle(ports, { id: 'shop', liveColor: 'blue' });
  expect(seen.weights).toEqual({ blue: 100, green: 0 });
});

test('a colour keeps the traffic that nobody else could serve, and is not to be removed', async () => {
  const { ports, seen } = world({ blue: 0, green: 100 }, 'unhealthy');
  await expect(requireIdle(ports, { id: 'shop', liveColor: 'blue' })).rejects.toMatchObject({
    code: 'StackFailed',
  });
  expect(seen.weights).toEqual({ blue: 0, green: 100 });
});

test.each([
  ['what is idle', 'blue', { blue: 100, green: 0 }],
  ['where nothing is live', undefined, { blue: 0, green: 100 }],
] as const)('changes nothing about %s', async (_what, liveColor, weights) => {
  const { ports, seen } = world(weights, 'unhealthy');
  await requireIdle(ports, { id: 'shop', liveColor });
  expect(seen.weights).toBe(weights);
});
