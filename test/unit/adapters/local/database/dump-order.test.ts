import { expect, test } from '@jest/globals';
import type { DumpObject } from '../../../../../src/adapters/local/database/dump-object.ts';
import { sortByDependency } from '../../../../../src/adapters/local/database/dump-order.ts';
import fc from '../../../../fixtures/properties.ts';

const object = (index: number, rank = 0): DumpObject => ({
  key: `k${index}`,
  name: `n${index}`,
  rank,
  after: [],
  sql: '',
});

test('writes everything once behind what it needs', () => {
  const graph = fc.integer({ min: 1, max: 30 }).chain((size) =>
    fc.record({
      ranks: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: size, maxLength: size }),
      // From a higher number to a lower one: no cycle.
      edges: fc.array(
        fc
          .tuple(fc.nat(size - 1), fc.nat(size - 1))
          .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const),
      ),
    }),
  );
  fc.assert(
    fc.property(graph, ({ ranks, edges }) => {
      const objects = ranks.map((rank, index) => object(index, rank));
      const dependencies = new Map(
        objects.map(({ key }, index) => [
          key,
          new Set(edges.filter(([from]) => from === index).map(([, to]) => `k${to}`)),
        ]),
      );

      const { objects: sorted, hasCycle } = sortByDependency(objects, dependencies);

      const position = new Map(sorted.map(({ key }, index) => [key, index]));
      expect(hasCycle).toBe(false);
      expect(sorted).toHaveLength(objects.length);
      for (const [from, to] of edges) {
        if (from !== to) expect(position.get(`k${to}`)).toBeLessThan(position.get(`k${from}`) ?? -1);
      }
    }),
  );
});

test('keeps ranks where nothing speaks against it', () => {
  const { objects } = sortByDependency([object(3, 2), object(2, 1), object(1, 2)], new Map());

  expect(objects.map(({ key }) => key)).toEqual(['k2', 'k1', 'k3']);
});

test('notices objects that need each other', () => {
  const dependencies = new Map([
    ['k1', new Set(['k2'])],
    ['k2', new Set(['k1'])],
  ]);

  const { objects, hasCycle } = sortByDependency([object(1), object(2)], dependencies);

  expect(hasCycle).toBe(true);
  expect(objects).toHaveLength(2);
});
