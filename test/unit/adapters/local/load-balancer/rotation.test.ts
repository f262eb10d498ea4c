import { describe, expect, test } from '@jest/globals';
import { nextInTurn } from '../../../../../src/adapters/local/load-balancer/rotation.ts';
import fc from '../../../../fixtures/properties.ts';

const weightsArbitrary = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });

function choose(weights: readonly number[], times: number): number[] {
  const candidates = weights.map((weight, index) => ({ index, weight, credit: 0 }));
  const counts = weights.map(() => 0);
  for (let turn = 0; turn < times; turn += 1) {
    const chosen = nextInTurn(candidates, ({ weight }) => weight);
    if (chosen !== undefined) counts[chosen.index] = (counts[chosen.index] ?? 0) + 1;
  }
  return counts;
}

describe('rotation', () => {
  test('gives every candidate exactly its share', () => {
    fc.assert(
      fc.property(weightsArbitrary, fc.integer({ min: 1, max: 3 }), (weights, rounds) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        expect(choose(weights, total * rounds)).toEqual(weights.map((weight) => weight * rounds));
      }),
    );
  });

  test('spreads the share evenly over time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 400 }), (percent, requests) => {
        const [count = 0] = choose([percent, 100 - percent], requests);
        expect(Math.abs(count - (requests * percent) / 100)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('chooses none when all weights are zero', () => {
    expect(nextInTurn([{ credit: 0 }], () => 0)).toBeUndefined();
  });
});
