import { describe, expect, test } from '@jest/globals';
import { type ColorTraffic, latencyRejection, rejectionOf } from '../../../src/domain/release-gate.ts';
import fc from '../../fixtures/properties.ts';

const traffic = (change: Partial<ColorTraffic> = {}): ColorTraffic => ({
  requests: 1_000,
  errors: 0,
  p95Milliseconds: 100,
  slowestMilliseconds: 300,
  ...change,
});

describe('the gate of a release', () => {
  test.each<[string, Partial<ColorTraffic>, Partial<ColorTraffic>]>([
    ['no requests at all', { requests: 0, p95Milliseconds: null }, {}],
    ['no traffic to compare with', {}, { requests: 0, p95Milliseconds: null }],
    ['a single error', { errors: 1 }, {}],
    ['as many errors as before', { errors: 50 }, { errors: 50 }],
    ['a latency of few requests', { requests: 39, p95Milliseconds: 900 }, {}],
    ['a fifth slower', { p95Milliseconds: 120 }, {}],
    [
      'a few milliseconds that are many times the time of a fast one',
      { p95Milliseconds: 20 },
      { p95Milliseconds: 2 },
    ],
  ])('lets pass: %s', (_, candidate, live) => {
    expect(rejectionOf(traffic(candidate), traffic(live))).toBeUndefined();
  });

  test('says how many requests failed, and how many of the release before it', () => {
    const text = rejectionOf(traffic({ requests: 200, errors: 10 }), traffic({ errors: 1 }));
    expect(text).toBe('10 of 200 requests failed (5.0 %); of the release before it 0.1 %');
  });

  test('rejects errors of a release that never answered well, also without traffic to compare with', () => {
    const text = rejectionOf(
      traffic({ requests: 2, errors: 2 }),
      traffic({ requests: 0, p95Milliseconds: null }),
    );
    expect(text).toContain('2 of 2');
  });

  test('says how slow it is, and how slow the release before it was', () => {
    const text = rejectionOf(traffic({ p95Milliseconds: 250 }), traffic());
    expect(text).toBe('95 of 100 requests take up to 250 ms; of the release before it 100 ms');
  });
});

/** With a median beside the p95, each known to a tenth. */
const known = (requests: number, p50: number, p95: number): ColorTraffic => ({
  ...traffic({ requests, p95Milliseconds: p95 }),
  certain: { p50: { least: p50 * 0.95, most: p50 * 1.05 }, p95: { least: p95 * 0.9, most: p95 * 1.1 } },
});

describe('the gate of a release, where single requests are known', () => {
  test.each<[string, ColorTraffic, ColorTraffic]>([
    ['a p95 that may be chance', { ...known(100, 20, 190), p95Milliseconds: 190 }, known(900, 20, 150)],
    ['a median that is slower by less than timers are exact', known(100, 4, 8), known(900, 2, 4)],
    ['slow requests of a new process, while most are fast', known(100, 5, 30), known(900, 5, 12)],
  ])('lets pass: %s', (_, candidate, live) => {
    expect(latencyRejection(candidate, live)).toBeUndefined();
  });

  test('rejects one of which all requests take twice as long, however fast it is', () => {
    expect(latencyRejection(known(100, 20, 26), known(900, 10, 13))).toBe(
      '95 of 100 requests take up to 26 ms and half of them 20 ms; of the release before it 13 ms and half of them 10 ms',
    );
  });

  test('forgives at another time what it does not forgive beside the release before it', () => {
    const [candidate, live] = [known(100, 140, 160), known(900, 100, 110)];
    expect(latencyRejection(candidate, live, 'beside')).toBeDefined();
    expect(latencyRejection(candidate, live, 'before')).toBeUndefined();
    expect(latencyRejection(known(100, 200, 220), live, 'before')).toBeDefined();
    expect(latencyRejection(known(100, 100, 400), live, 'before')).toBeUndefined();
  });

  test('takes a few errors more than expected for chance', () => {
    const live = traffic({ errors: 10 });
    expect(rejectionOf(traffic({ requests: 200, errors: 4 }), live)).toBeUndefined();
    expect(rejectionOf(traffic({ requests: 200, errors: 8 }), live)).toBeDefined();
  });
});

const someTraffic: fc.Arbitrary<ColorTraffic> = fc
  .record({
    requests: fc.integer({ min: 0, max: 100_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    p95: fc.double({ min: 0.1, max: 30_000, noNaN: true }),
  })
  .map(({ requests, share, p95 }) => ({
    requests,
    errors: Math.floor(requests * share),
    p95Milliseconds: requests === 0 ? null : p95,
    slowestMilliseconds: requests === 0 ? null : p95 * 2,
  }));

describe('the gate of a release, whatever the traffic is', () => {
  test('never rejects traffic that is like that of the release before it', () => {
    fc.assert(fc.property(someTraffic, (same) => expect(rejectionOf(same, same)).toBeUndefined()));
  });

  test('is monotone: what is rejected stays rejected with more errors or a higher latency', () => {
    const worse = fc.record({ errors: fc.integer({ min: 0, max: 1_000 }), milliseconds: fc.nat(10_000) });
    fc.assert(
      fc.property(someTraffic, someTraffic, worse, (candidate, live, more) => {
        fc.pre(rejectionOf(candidate, live) !== undefined);
        const { requests, errors, p95Milliseconds: p95 } = candidate;
        const worseStill = {
          ...candidate,
          errors: Math.min(requests, errors + more.errors),
          p95Milliseconds: p95 === null ? null : p95 + more.milliseconds,
        };
        expect(rejectionOf(worseStill, live)).toBeDefined();
      }),
    );
  });

  test('is monotone: what passes beside a release passes beside a worse one', () => {
    fc.assert(
      fc.property(someTraffic, someTraffic, fc.nat(10_000), (candidate, live, more) => {
        fc.pre(rejectionOf(candidate, live) === undefined && live.p95Milliseconds !== null);
        const p95Milliseconds = (live.p95Milliseconds ?? 0) + more;
        const errors = Math.min(live.requests, live.errors + more);
        expect(rejectionOf(candidate, { ...live, errors, p95Milliseconds })).toBeUndefined();
      }),
    );
  });

  test('rejects a release that is twice as slow, when there are enough requests to know', () => {
    const enough = fc.integer({ min: 40, max: 100_000 });
    const p95 = fc.integer({ min: 26, max: 20_000 });
    fc.assert(
      fc.property(enough, enough, p95, (requests, liveRequests, usual) => {
        const candidate = traffic({ requests, p95Milliseconds: usual * 2 });
        const live = traffic({ requests: liveRequests, p95Milliseconds: usual });
        expect(rejectionOf(candidate, live)).toBeDefined();
      }),
    );
  });

  test('rejects an error rate that is clearly above that of the release before it', () => {
    const rates = fc.record({
      live: fc.integer({ min: 0, max: 300 }),
      more: fc.integer({ min: 20, max: 400 }),
    });
    fc.assert(
      fc.property(rates, ({ live, more }) => {
        const candidate = traffic({ errors: Math.ceil(live * 1.25) + more });
        expect(rejectionOf(candidate, traffic({ errors: live }))).toBeDefined();
      }),
    );
  });
});
