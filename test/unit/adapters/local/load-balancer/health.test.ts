import { describe, expect, test } from '@jest/globals';
import { untilNextCheck } from '../../../../../src/adapters/local/load-balancer/health-checker.ts';
import { HealthRecord } from '../../../../../src/adapters/local/load-balancer/health-record.ts';
import { openStateDatabase } from '../../../../../src/adapters/local/state-database.ts';
import { COLORS } from '../../../../../src/domain/deployment.ts';
import {
  allHealthy,
  newLoadBalancer,
  newLoadBalancers,
  refusingTarget,
  SETTINGS,
  send,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

describe('health checks', () => {
  test('come often at first and then rarely', () => {
    const record = new HealthRecord();
    expect([0, 5_000, 25_000, 1_000_000].map((waited) => untilNextCheck(record, waited))).toEqual([
      25, 50, 250, 2_000,
    ]);
    for (const _ of [1, 2]) record.add({ passed: true, status: 200 });
    expect(untilNextCheck(record, 0)).toBe(2_000);
    record.add({ passed: false, status: 500, reason: 'GET / answered 500' });
    expect(untilNextCheck(record, 0)).toBe(250);
  });

  test('ask for the configured path and accept redirects', async () => {
    const paths: unknown[] = [];
    const target = await startTarget('i-1', (request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/login' }).end();
    });
    const balancer = await newLoadBalancer({ blue: [target] }, { healthCheckPath: '/ready?deep=1' });
    expect(new Set(paths)).toEqual(new Set(['/ready?deep=1']));
    expect(balancer.group('blue').health).toMatchObject([
      { state: 'healthy', lastStatus: 302, reason: null },
    ]);
  });

  test('ask a release for its own path, whatever the other one is asked for', async () => {
    const answering = (path: string) =>
      startTarget(path, (request, response) => response.writeHead(request.url === path ? 200 : 404).end(), {
        ownHealth: true,
      });
    const [live, candidate] = [await answering('/old'), await answering('/new')];
    const database = openStateDatabase(':memory:');
    const balancers = newLoadBalancers({ database });
    await balancers.create('shop', { ...SETTINGS, healthCheckPath: '/new' });
    balancers.get('shop').register('blue', [{ ...live, healthCheckPath: '/old' }]);
    balancers.get('shop').register('green', [candidate]);
    for (const color of COLORS) await allHealthy(balancers.get('shop'), color);
    await balancers.close();

    const restarted = newLoadBalancers({ database });
    await restarted.restore();
    for (const color of COLORS) await allHealthy(restarted.get('shop'), color);
    restarted.get('shop').register('blue', [{ ...live, healthCheckPath: '/new' }]);
    await waitFor(() => restarted.get('shop').group('blue').health[0]?.state === 'unhealthy');
    expect(restarted.get('shop').group('blue').health).toMatchObject([{ reason: 'GET /new answered 404' }]);
  });

  test.each([
    ['GET /health answered 500', 500],
    ['GET /health answered 404', 404],
  ])('fail with "%s"', async (reason, status) => {
    const target = await startTarget('i-1', (_, response) => response.writeHead(status).end(), {
      ownHealth: true,
    });
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [target]);
    await waitFor(() => balancer.group('blue').health[0]?.state === 'unhealthy');
    expect(balancer.group('blue').health).toMatchObject([{ reason, lastStatus: status }]);
  });

  test('fail with a refused connection in words', async () => {
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [await refusingTarget('i-1')]);
    await waitFor(() => balancer.group('blue').health[0]?.state === 'unhealthy');
    expect(balancer.group('blue').health).toMatchObject([{ reason: 'connection refused', lastStatus: null }]);
  });

  test('fail with silence in words', async () => {
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [await startTarget('i-1', () => undefined, { ownHealth: true })]);
    await waitFor(() => balancer.group('blue').health[0]?.reason === 'no answer within 2 s');
  });

  test('take a target that fails out of rotation', async () => {
    let status = 200;
    const failing = await startTarget(
      'failing',
      (_, response) => response.writeHead(status).end(String(status)),
      { ownHealth: true },
    );
    const balancer = await newLoadBalancer({ blue: [failing, await startTarget('other')] });
    status = 503;
    const before = balancer.group('blue').health;
    const after = await balancer.group('blue').healthChange(before, { patienceSeconds: 10 });
    expect(after).not.toEqual(before);
    await waitFor(() => balancer.group('blue').find('failing')?.isHealthy === false);
    for (const _ of [1, 2, 3]) expect(await send(balancer.url)).toMatchObject({ body: 'other' });
  });

  test('bring a target back that recovers', async () => {
    let status = 500;
    const target = await startTarget('i-1', (_, response) => response.writeHead(status).end(), {
      ownHealth: true,
    });
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [target]);
    await waitFor(() => balancer.group('blue').health[0]?.state === 'unhealthy');
    status = 200;
    await allHealthy(balancer, 'blue');
  });
});

describe('a process that exits', () => {
  test('gets no more requests', async () => {
    const [dead, alive] = [await startTarget('dead'), await startTarget('alive')];
    const balancers = newLoadBalancers();
    await balancers.create('shop', SETTINGS);
    const balancer = balancers.get('shop');
    balancer.register('blue', [dead, alive]);
    await allHealthy(balancer, 'blue');
    await dead.stop();
    balancers.targetExited('dead');
    balancers.targetExited('unknown');
    expect(balancer.group('blue').health[0]).toMatchObject({
      state: 'unhealthy',
      reason: 'the process exited',
    });
    for (const _ of [1, 2, 3]) expect(await send(balancer.url)).toMatchObject({ body: 'alive' });
  });

  test('wakes who waits for a change', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-1')] });
    const seen = balancer.group('blue').health;
    const change = balancer.group('blue').healthChange(seen, { patienceSeconds: 60 });
    balancer.targetExited('i-1');
    expect(await change).toMatchObject([{ state: 'unhealthy', reason: 'the process exited' }]);
  });

  test('comes back when it answers again', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-1')] });
    balancer.targetExited('i-1');
    await allHealthy(balancer, 'blue');
  });
});
