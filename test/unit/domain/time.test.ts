import { expect, test } from '@jest/globals';
import { secondsBetween, timeAfter } from '../../../src/domain/time.ts';
import fc from '../../fixtures/properties.ts';

const NEW_YEAR = '2026-01-01T00:00:00.000Z';

test('a time lies as many seconds after another as were added to it', () => {
  expect(timeAfter(NEW_YEAR, -1.5)).toBe('2025-12-31T23:59:58.500Z');
  fc.assert(
    fc.property(fc.integer({ min: -1e8, max: 1e8 }), (seconds) => {
      expect(secondsBetween(NEW_YEAR, timeAfter(NEW_YEAR, seconds))).toBe(seconds);
    }),
  );
});
