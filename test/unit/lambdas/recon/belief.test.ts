import { describe, expect, test } from '@jest/globals';
import { believe } from '../../../../lambdas/recon/belief.ts';
import { observe } from '../../../../lambdas/recon/observation.ts';
import fc from '../../../fixtures/properties.ts';

const framework = (value: string, confidence: number, file = value) =>
  observe('framework', value, confidence, { file, note: `${value} in ${file}` });

describe('belief from observations', () => {
  test('keeps a single observation as it is', () => {
    expect(believe([framework('express', 0.8)])).toEqual({
      value: 'express',
      confidence: 0.8,
      evidence: [{ file: 'express', note: 'express in express' }],
    });
  });

  test('grows with agreement up to 0.99', () => {
    expect(believe([framework('koa', 0.6, 'a'), framework('koa', 0.5, 'b')])?.confidence).toBe(0.8);
    expect(believe([framework('koa', 0.97, 'a'), framework('koa', 0.97, 'b')])?.confidence).toBe(0.99);
  });

  test('shrinks with contradiction and names it', () => {
    const fact = believe([framework('koa', 0.5), framework('hono', 0.9)]);
    expect(fact?.value).toBe('hono');
    expect(fact?.confidence).toBeLessThan(0.9);
    expect(fact?.evidence).toContainEqual({ file: 'koa', note: 'against it: koa in koa' });
  });

  test('gives equal claims to the first detector', () => {
    expect(believe([framework('hono', 0.7), framework('koa', 0.7)])?.value).toBe('hono');
  });

  test('knows nothing without observations', () => {
    expect(believe([])).toBeUndefined();
  });

  test('stays between 0 and 0.99', () => {
    const observation = fc.record({
      value: fc.constantFrom('a', 'b', 'c'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 8 }), (claims) => {
        const fact = believe(claims.map(({ value, confidence }) => framework(value, confidence)));
        expect(fact?.confidence).toBeGreaterThanOrEqual(0);
        expect(fact?.confidence).toBeLessThanOrEqual(0.99);
      }),
    );
  });
});
