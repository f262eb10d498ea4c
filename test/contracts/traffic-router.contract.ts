import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Color } from '../../src/domain/deployment.ts';
import type { TargetAddress, TargetHealth, TrafficRouter } from '../../src/ports/traffic-router.ts';

export interface TrafficRouterUnderTest {
  readonly router: TrafficRouter;
  /** A load balancer without targets, all traffic to blue. Its health checks ask for `/`. */
  readonly loadBalancer: string;
  /** Whether requests really pass (an emulator may have no data plane). */
  readonly forwards: boolean;
  /** Where nothing passes: has the load balancer find its targets unhealthy from now on. */
  readonly sicken?: () => void;
  stop(): Promise<void>;
}

/** What every traffic router keeps to. */
export function trafficRouterContract(make: () => Promise<TrafficRouterUnderTest>): void {
  let subject: TrafficRouterUnderTest;
  let router: TrafficRouter;
  let name: string;
  let servers: Server[];

  beforeEach(async () => {
    servers = [];
    subject = await make();
    router = subject.router;
    name = subject.loadBalancer;
  });
  afterEach(async () => {
    await subject.stop();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function instance(id: string): Promise<TargetAddress> {
    const server = createServer((_, response) => response.end(id));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return { id, host: '127.0.0.1', port: address.port };
  }

  async function untilHealthy(color: Color): Promise<readonly TargetHealth[]> {
    let health = await router.health(name, color);
    const deadline = Date.now() + 10_000;
    while (health.some(({ state }) => state !== 'healthy')) {
      if (Date.now() > deadline) throw new Error(`not healthy: ${JSON.stringify(health)}`);
      health = await router.healthChange(name, color, health, { patienceSeconds: 1 });
    }
    return health;
  }

  async function drained(color: Color, ids: readonly string[]): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await router.deregister(name, color, ids, { patienceSeconds: 1 }))) {
      if (Date.now() > deadline) throw new Error(`still draining: ${ids.join(', ')}`);
    }
  }

  describe('targets', () => {
    test('are registered once and become healthy', async () => {
      const targets = [await instance('i-1'), await instance('i-2')];
      await router.register(name, 'blue', targets);
      await router.register(name, 'blue', targets);
      const health = await untilHealthy('blue');
      expect(health.map(({ id }) => id).toSorted()).toEqual(['i-1', 'i-2']);
      expect(health).toContainEqual(expect.objectContaining({ reason: null }));
      expect(await router.health(name, 'green')).toEqual([]);
    });

    test('are gone after they were deregistered', async () => {
      await router.register(name, 'green', [await instance('i-1'), await instance('i-2')]);
      await drained('green', ['i-1', 'unknown']);
      await drained('green', ['i-1']);
      expect((await router.health(name, 'green')).map(({ id }) => id)).toEqual(['i-2']);
    });

    test('that do not answer are unhealthy with a reason', async () => {
      const target = await instance('i-1');
      await new Promise((resolve) => servers[0]?.close(resolve));
      servers = [];
      subject.sicken?.();
      await router.register(name, 'blue', [target]);
      let health = await router.health(name, 'blue');
      while (health[0]?.state !== 'unhealthy') {
        health = await router.healthChange(name, 'blue', health, { patienceSeconds: 5 });
      }
      expect(health[0].reason).toEqual(expect.any(String));
    });

    test('unchanged are reported when patience ends', async () => {
      await router.register(name, 'blue', [await instance('i-1')]);
      const seen = await untilHealthy('blue');
      const health = await router.healthChange(name, 'blue', seen, { patienceSeconds: 0.05 });
      expect(health).toMatchObject([{ id: 'i-1', state: 'healthy' }]);
    });

    test('unchanged are reported when the caller gives up', async () => {
      const waiting = new AbortController();
      const change = router.healthChange(name, 'blue', [], { patienceSeconds: 60, signal: waiting.signal });
      waiting.abort();
      expect(await change).toEqual([]);
    });
  });

  describe('weights', () => {
    test('begin with blue and read back', async () => {
      expect(await router.weights(name)).toEqual({ blue: 100, green: 0 });
      for (const weights of [
        { blue: 90, green: 10 },
        { blue: 90, green: 10 },
        { blue: 0, green: 100 },
      ]) {
        await router.shift(name, weights);
        expect(await router.weights(name)).toEqual(weights);
      }
    });

    test.each([
      { blue: 50, green: 51 },
      { blue: -10, green: 110 },
      { blue: 33.3, green: 66.7 },
    ])('fails with InvalidInput for %j', async (weights) => {
      await expect(router.shift(name, weights)).rejects.toMatchObject({ code: 'InvalidInput' });
      expect(await router.weights(name)).toEqual({ blue: 100, green: 0 });
    });
  });

  test('a probe reaches its colour and names the target', async () => {
    const route = await router.probeRoute(name, 'green');
    expect(route).toEqual({
      url: expect.any(String),
      headers: expect.any(Object),
      targetHeader: route.targetHeader === null ? null : expect.any(String),
    });
    expect(Object.keys(route.headers)).not.toEqual([]);
    const { targetHeader } = route;
    if (!subject.forwards || targetHeader === null) return;
    await router.register(name, 'blue', [await instance('i-blue')]);
    await router.register(name, 'green', [await instance('i-green')]);
    await Promise.all([untilHealthy('blue'), untilHealthy('green')]);
    const probed = await fetch(route.url, { headers: route.headers });
    expect([await probed.text(), probed.headers.get(targetHeader)]).toEqual(['i-green', 'i-green']);
    const ordinary = await fetch(route.url);
    expect([await ordinary.text(), ordinary.headers.get(targetHeader)]).toEqual(['i-blue', null]);
  });

  test('may be told twice to have replaced what fails', async () => {
    await router.replaceFailing(name, 'blue');
    await router.replaceFailing(name, 'blue');
    expect(await router.health(name, 'blue')).toEqual([]);
  });

  test('fails with TargetGroupNotFound for an unknown one', async () => {
    const calls = [
      () => router.register('nobody', 'blue', []),
      () => router.deregister('nobody', 'blue', [], { patienceSeconds: 0 }),
      () => router.health('nobody', 'blue'),
      () => router.healthChange('nobody', 'blue', [], { patienceSeconds: 1 }),
      () => router.shift('nobody', { blue: 100, green: 0 }),
      () => router.weights('nobody'),
      () => router.probeRoute('nobody', 'blue'),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'TargetGroupNotFound' });
  });
}
