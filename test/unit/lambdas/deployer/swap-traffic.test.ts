import { describe, expect, test } from '@jest/globals';
import { judge, type SwapSubject, wantedTargets } from '../../../../lambdas/deployer/swap-traffic.ts';
import type { Color } from '../../../../src/domain/deployment.ts';
import type { ColorTraffic } from '../../../../src/domain/release-gate.ts';
import { beginSwap } from '../../../../src/domain/swap.ts';
import type { TargetHealth } from '../../../../src/ports/traffic-router.ts';

const BEGAN = '2026-01-01T00:00:00.000Z';
const after = (seconds: number) => new Date(Date.parse(BEGAN) + seconds * 1000).toISOString();
const answering = (p95Milliseconds: number, errors = 0): ColorTraffic => ({
  requests: 1_000,
  errors,
  p95Milliseconds,
  slowestMilliseconds: p95Milliseconds,
});

interface World {
  readonly now: number;
  readonly step: number;
  readonly since: number;
  readonly state?: TargetHealth['state'];
  /** Seconds after the beginning from which on it is asked. */
  readonly traffic?: (color: Color, since: number) => ColorTraffic;
}

/** Green takes over from blue: 10 %, then 100 %. */
function verdictIn({ now, step, since, state = 'healthy', traffic = () => answering(10) }: World) {
  const subject = {
    balancer: 'shop',
    deploymentId: 'shop-1',
    ports: {
      clock: { now: () => after(now) },
      router: { health: async () => [{ id: 'i-1', state, reason: null, lastStatus: null, consecutive: 1 }] },
      observation: {
        traffic: async (_: string, color: Color, time: string) =>
          traffic(color, (Date.parse(time) - Date.parse(BEGAN)) / 1000),
        firingAlarms: async () => [],
      },
    },
  } as unknown as SwapSubject;
  const swap = { ...beginSwap('green', [10, 100], 10), step, since: after(since) };
  return judge(subject, { swap, targets: 2, startedAt: BEGAN });
}

const rejectionIn = async (world: World) => (await verdictIn(world)).rejection;

describe('what speaks against a new release', () => {
  test('is nothing while both are slow in the same time', async () => {
    const busy = (_: Color, since: number) => answering(since >= 0 ? 500 : 10);
    expect(await rejectionIn({ now: 8, step: 0, since: 0, traffic: busy })).toBeNull();
  });

  test('is nothing that its first requests did, while it was new', async () => {
    const cold = (color: Color, since: number) => answering(color === 'green' && since < 2 ? 500 : 10);
    expect(await rejectionIn({ now: 1, step: 0, since: 0, traffic: cold })).toBeNull();
    expect(await rejectionIn({ now: 8, step: 0, since: 0, traffic: cold })).toBeNull();
  });

  test('is an error at once', async () => {
    const broken = (color: Color) => answering(10, color === 'green' ? 5 : 0);
    expect(await rejectionIn({ now: 0.5, step: 0, since: 0, traffic: broken })).toContain('5 of 1000');
  });

  test('is that it is slower than the one beside it', async () => {
    const slow = (color: Color) => answering(color === 'green' ? 400 : 200);
    expect(await rejectionIn({ now: 8, step: 0, since: 0, traffic: slow })).toContain('400 ms');
  });

  test('is compared with the time before when it has all traffic', async () => {
    const alone = (color: Color, since: number) =>
      color === 'green' ? answering(400) : answering(since < 0 ? 200 : 1);
    expect(await rejectionIn({ now: 25, step: 1, since: 20, traffic: alone })).toContain('before it 200 ms');
  });

  test('is that it is not healthy, and not that nobody has looked yet', async () => {
    const at = { now: 8, step: 0, since: 0 };
    expect(await rejectionIn({ ...at, state: 'unhealthy' })).toContain('1 of 1 instances are not healthy');
    expect(await rejectionIn({ ...at, state: 'initial' })).toBeNull();
  });
});

describe('the targets of a new release', () => {
  test('are those that are healthy, of those that were started', async () => {
    const at = { now: 8, step: 0, since: 0 };
    expect((await verdictIn(at)).targets).toEqual({ healthy: 1, wanted: 2 });
    expect((await verdictIn({ ...at, state: 'initial' })).targets).toEqual({ healthy: 0, wanted: 2 });
  });

  test('are wanted of what was started, also when it is gone, apart from processes without a port', async () => {
    const instances = [
      { id: 'web-1', exposed: true },
      { id: 'worker-1', exposed: false },
    ];
    const subject = {
      released: { stack: 'green', instances: ['web-1', 'web-2', 'worker-1'] },
      ports: { instances: { list: async () => instances } },
    } as unknown as SwapSubject;
    expect(await wantedTargets(subject)).toBe(2);
  });
});
