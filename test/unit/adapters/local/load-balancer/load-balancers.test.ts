import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { openStateDatabase } from '../../../../../src/adapters/local/state-database.ts';
import {
  allHealthy,
  newLoadBalancers,
  portOf,
  SETTINGS,
  send,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import { temporaryHome } from '../../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

describe('load balancers', () => {
  test('create the same one twice unchanged', async () => {
    const balancers = newLoadBalancers();
    const [first, again] = await Promise.all([
      balancers.create('shop', SETTINGS),
      balancers.create('shop', SETTINGS),
    ]);
    expect(again).toEqual(first);
    expect(balancers.list()).toEqual([
      { name: 'shop', ...first, weights: { blue: 100, green: 0 }, isListening: true },
    ]);
  });

  test('take the lowest free ports of the range', async () => {
    const balancers = newLoadBalancers({ portRange: { first: 29_200, last: 29_299 } });
    const ports = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => (await balancers.create(name, SETTINGS)).port),
    );
    expect(new Set(ports).size).toBe(3);
    expect(ports).toEqual(ports.toSorted());
    await balancers.remove('a');
    expect((await balancers.create('d', SETTINGS)).port).toBe(ports[0]);
  });

  test('listen on the port asked for', async () => {
    const balancers = newLoadBalancers();
    const { port } = await balancers.create('shop', SETTINGS);
    await balancers.remove('shop');
    expect(await balancers.create('shop', { ...SETTINGS, listenerPort: port })).toEqual({
      port,
      url: `http://127.0.0.1:${port}`,
    });
  });

  test('move to another port when asked', async () => {
    const balancers = newLoadBalancers();
    const { url } = await balancers.create('shop', SETTINGS);
    const { port: free } = await balancers.create('other', SETTINGS);
    await balancers.remove('other');
    const moved = await balancers.create('shop', { ...SETTINGS, listenerPort: free });
    expect(await send(moved.url)).toMatchObject({ status: 503 });
    await waitFor(() =>
      send(url).then(
        () => false,
        () => true,
      ),
    );
  });

  test('fails with PortInUse for a taken port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancers = newLoadBalancers();
    await expect(
      balancers.create('shop', { ...SETTINGS, listenerPort: portOf(server) }),
    ).rejects.toMatchObject({
      code: 'PortInUse',
      message: `port ${portOf(server)} is in use by another program`,
    });
    expect(balancers.list()).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  test('fails with NoFreePort when all are taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = portOf(server);
    const balancers = newLoadBalancers({ portRange: { first: port, last: port } });
    await expect(balancers.create('shop', SETTINGS)).rejects.toMatchObject({ code: 'NoFreePort' });
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([{ healthCheckPath: 'health' }, { healthCheckPath: '/a b' }, { deregistrationDelaySeconds: -1 }])(
    'fails with InvalidInput for %j',
    async (wrong) => {
      await expect(newLoadBalancers().create('shop', { ...SETTINGS, ...wrong })).rejects.toMatchObject({
        code: 'InvalidInput',
      });
    },
  );

  test('change settings without closing the listener', async () => {
    const balancers = newLoadBalancers();
    const { url } = await balancers.create('shop', SETTINGS);
    const target = await startTarget('i-1', (request, response) => {
      response.writeHead(request.url === '/ready' ? 200 : 404).end();
    });
    balancers.get('shop').register('blue', [target]);
    balancers.update('shop', { healthCheckPath: '/ready' });
    await allHealthy(balancers.get('shop'), 'blue');
    expect(await balancers.create('shop', { ...SETTINGS, healthCheckPath: '/ready' })).toMatchObject({ url });
    expect(balancers.get('shop').settings).toMatchObject({
      healthCheckPath: '/ready',
      deregistrationDelaySeconds: 10,
    });
  });

  test('remove frees the port and forgets', async () => {
    const database = openStateDatabase(':memory:');
    const balancers = newLoadBalancers({ database });
    const { url } = await balancers.create('shop', SETTINGS);
    await balancers.remove('shop');
    await balancers.remove('shop');
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(() => balancers.metrics('shop')).toThrow('there is no load balancer "shop"');
    expect(await newLoadBalancers({ database }).restore()).toEqual([]);
  });

  test('count requests and connections', async () => {
    const balancers = newLoadBalancers();
    const { url } = await balancers.create('shop', SETTINGS);
    await send(url);
    const metrics = balancers.metrics('shop', 60);
    expect(metrics).toMatchObject({ requests: 1, totalRequests: 1, responses: { '5xx': 1 } });
    expect(metrics.latencyMilliseconds?.p99).toBeGreaterThan(0);
    await waitFor(() => balancers.metrics('shop').openConnections === 0);
  });
});

describe('load balancers after a crash', () => {
  test('stand as before', async () => {
    const home = await temporaryHome();
    const before = newLoadBalancers({ database: openStateDatabase(home) });
    const { port } = await before.create('shop', SETTINGS);
    const target = await startTarget('i-1');
    before.get('shop').register('green', [{ id: 'i-1', host: target.host, port: target.port }]);
    before.get('shop').shift({ blue: 10, green: 90 });
    const route = before.get('shop').probeRoute('green');
    await before.close();

    const after = newLoadBalancers({ database: openStateDatabase(home) });
    expect(await after.restore()).toEqual([]);
    expect(after.list()).toMatchObject([
      { name: 'shop', port, weights: { blue: 10, green: 90 }, isListening: true },
    ]);
    expect(after.get('shop').group('green').health).toMatchObject([{ id: 'i-1', state: 'initial' }]);
    expect((await send(route.url, { headers: route.headers })).headers[route.targetHeader]).toBe('i-1');
  });

  test('stay known when their port is taken', async () => {
    const database = openStateDatabase(':memory:');
    const before = newLoadBalancers({ database });
    const { port } = await before.create('shop', SETTINGS);
    await before.create('other', SETTINGS);
    await before.close();
    const intruder = createServer();
    await new Promise<void>((resolve) => intruder.listen(port, '127.0.0.1', resolve));

    const after = newLoadBalancers({ database });
    expect(await after.restore()).toMatchObject([{ code: 'PortInUse' }]);
    expect(after.list()).toMatchObject([
      { name: 'other', isListening: true },
      { name: 'shop', isListening: false },
    ]);
    await new Promise((resolve) => intruder.close(resolve));
    expect(await after.create('shop', SETTINGS)).toMatchObject({ port });
  });
});

describe('closing', () => {
  test('lets requests in flight finish', async () => {
    const balancers = newLoadBalancers();
    const { url } = await balancers.create('shop', SETTINGS);
    let answer: (() => void) | undefined;
    const target = await startTarget('i-1', (_, response) => {
      answer = () => response.end('finished');
    });
    balancers.get('shop').register('blue', [target]);
    const answered = send(url);
    await waitFor(() => answer);
    const closed = balancers.close();
    answer?.();
    expect(await answered).toMatchObject({ body: 'finished' });
    await closed;
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
