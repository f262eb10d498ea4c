import { describe, expect, test } from '@jest/globals';
import { RequestMetrics } from '../../../../../src/adapters/local/load-balancer/request-metrics.ts';
import fc from '../../../../fixtures/properties.ts';

describe('request metrics', () => {
  test('counts responses by class', () => {
    const metrics = new RequestMetrics();
    for (const status of [200, 204, 301, 404, 460, 502, 101]) metrics.record(status, 1);
    expect(metrics.read(300)).toMatchObject({
      requests: 7,
      totalRequests: 7,
      responses: { '2xx': 2, '3xx': 1, '4xx': 2, '5xx': 1 },
    });
  });

  test('forgets what left the window', () => {
    let now = 0;
    const metrics = new RequestMetrics(() => now);
    metrics.record(200, 1);
    now = 100_000;
    metrics.record(500, 1);
    expect(metrics.read(300).requests).toBe(2);
    expect(metrics.read(60)).toMatchObject({ requests: 1, windowSeconds: 60 });
    now = 310_000;
    expect(metrics.read(300)).toMatchObject({
      requests: 1,
      responses: { '2xx': 0, '5xx': 1 },
      totalRequests: 2,
    });
    now = 1_000_000;
    expect(metrics.read(300)).toMatchObject({ requests: 0, latencyMilliseconds: null, totalRequests: 2 });
  });

  test('knows quantiles to five percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), { minLength: 1 }),
        (latencies) => {
          const metrics = new RequestMetrics(() => 0);
          for (const latency of latencies) metrics.record(200, latency);
          const sorted = latencies.toSorted((one, other) => one - other);
          const exact = sorted[Math.ceil(latencies.length / 2) - 1] ?? Number.NaN;
          const { p50 } = metrics.read(300).latencyMilliseconds ?? { p50: Number.NaN };
          expect(Math.abs(p50 - exact) / exact).toBeLessThan(0.06);
        },
      ),
    );
  });

  test('says of what it is certain: the less the fewer requests there are', () => {
    const widths = [30, 30_000].map((requests) => {
      const metrics = new RequestMetrics(() => 0);
      for (let index = 0; index < requests; index += 1) metrics.record(200, 10 + (index * 990) / requests);
      const { certain, p95Milliseconds } = metrics.since(0);
      const { least = 0, most = 0 } = certain?.p95 ?? {};
      expect(least).toBeLessThanOrEqual(p95Milliseconds ?? 0);
      expect(most).toBeGreaterThanOrEqual(p95Milliseconds ?? 0);
      return most - least;
    });
    expect(widths[0]).toBeGreaterThan(widths[1] ?? 0);
    expect(new RequestMetrics(() => 0).since(0).certain).toBeUndefined();
  });
});
