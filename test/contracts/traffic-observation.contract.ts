import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Color } from '../../src/domain/deployment.ts';
import type { TrafficObservation } from '../../src/ports/traffic-observation.ts';

export interface TrafficObservationUnderTest {
  readonly observation: TrafficObservation;
  /** A load balancer that has not had a request. */
  readonly loadBalancer: string;
  /** Has a colour answer a request with each of these statuses, now. */
  answer(color: Color, statuses: readonly number[]): Promise<void>;
  stop(): Promise<void>;
}

/** What every observation of the traffic keeps to. */
export function trafficObservationContract(make: () => Promise<TrafficObservationUnderTest>): void {
  let subject: TrafficObservationUnderTest;
  let since: string;

  beforeEach(async () => {
    subject = await make();
    since = new Date(Date.now() - 60_000).toISOString();
  });
  afterEach(() => subject.stop());

  const traffic = (color: Color) => subject.observation.traffic(subject.loadBalancer, color, since);

  test('knows nothing of a colour without requests', async () => {
    await subject.answer('green', [200]);
    expect(await traffic('blue')).toEqual({
      requests: 0,
      errors: 0,
      p95Milliseconds: null,
      slowestMilliseconds: null,
    });
  });

  test('counts the requests of each colour by itself, and which of them failed', async () => {
    await subject.answer('blue', [200, 503, 404, 500]);
    await subject.answer('green', [200, 204, 301]);
    expect(await traffic('blue')).toMatchObject({ requests: 4, errors: 2 });
    const { requests, errors, p95Milliseconds, slowestMilliseconds } = await traffic('green');
    expect({ requests, errors }).toEqual({ requests: 3, errors: 0 });
    expect(p95Milliseconds).toBeGreaterThan(0);
    // Quantiles come out of a histogram, which is right to 5 %.
    expect(slowestMilliseconds).toBeGreaterThan((p95Milliseconds ?? 0) * 0.9);
  });

  test('refuses a load balancer that is not there', async () => {
    await expect(subject.observation.traffic('no-such', 'blue', since)).rejects.toMatchObject({
      code: 'TargetGroupNotFound',
    });
  });

  test('finds no firing alarm where there is none', async () => {
    expect(await subject.observation.firingAlarms('shop-abc234', since)).toEqual([]);
  });
}
