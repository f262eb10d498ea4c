import { beforeEach, describe, expect, test } from '@jest/globals';
import { buildRequest } from '../contracts/build-request.ts';
import { timerClock } from '../fixtures/world/clock.ts';
import { type WorldPlatform, worldPlatform } from '../fixtures/world/platform.ts';
import { commitNumber, newWorld, type World } from '../fixtures/world/world.ts';
import { Faults, type Invocation, invocations, NO_FAULTS, withFault } from './fault.ts';
import { randomFrom } from './random.ts';

let world: World;
let platform: WorldPlatform;
const patience = { patienceSeconds: 10, signal: new AbortController().signal };
const processes = JSON.stringify([
  { name: 'web', command: { kind: 'shell', line: 'node server.js' }, exposed: true, count: 2 },
]);

beforeEach(() => {
  world = newWorld();
  platform = worldPlatform(world, timerClock);
});

const stack = (blueprint: 'compute' | 'load-balancer', parameters: Record<string, string> = {}) =>
  platform.stacks.deploy(
    { name: `shop-${blueprint}`, blueprint, deploymentId: 'shop', parameters, tags: {}, token: 'one' },
    patience,
  );

async function serving(): Promise<readonly string[]> {
  await stack('load-balancer');
  await stack('compute', { processes, artifact: 'a1' });
  const instances = await platform.instances.list('shop-compute');
  const ids = instances.map(({ id }) => id);
  await platform.instances.start(ids);
  await platform.router.register(
    'shop-load-balancer',
    'blue',
    instances.map(({ id, host, port }) => ({ id, host, port: port ?? 0 })),
  );
  return ids;
}

describe('the world of the tests', () => {
  test('has the instances of a compute stack, and their health behind the load balancer', async () => {
    const ids = await serving();
    expect(ids).toHaveLength(2);
    const health = await platform.router.health('shop-load-balancer', 'blue');
    expect(health.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
    await platform.stacks.remove('shop-compute', patience);
    const orphaned = await platform.router.health('shop-load-balancer', 'blue');
    expect(orphaned.map(({ state }) => state)).toEqual(['unhealthy', 'unhealthy']);
  });

  test('answers through the load balancer by its weights, and by the route to one colour', async () => {
    const ids = await serving();
    const { url, headers, targetHeader } = await platform.router.probeRoute('shop-load-balancer', 'green');
    const ask = async (given: Readonly<Record<string, string>>) => {
      const outcome = await platform.probe.http({ url, headers: given, timeoutMilliseconds: 1_000 });
      return outcome.reached ? outcome.answer : undefined;
    };
    const answer = await ask({});
    expect(ids).toContain(answer?.headers[targetHeader ?? '']);
    expect(await ask(headers)).toMatchObject({ status: 503 });
  });

  test.each([
    ['exits at boot', 'failed'],
    ['fine', 'running'],
  ] as const)('runs an application that is %s', async (behaviour, state) => {
    world.behaviours.set(commitNumber(1), behaviour);
    const source = { repository: 'shop', commit: commitNumber(1), tree: 't1', subject: '', warnings: [] };
    const built = await platform.builder.build(buildRequest({}, { deploymentId: 'shop', source }), patience);
    const artifact = built.status === 'SUCCEEDED' ? built.artifact.id : '';
    await stack('compute', { processes, artifact });
    const instances = await platform.instances.list('shop-compute');
    await platform.instances.start(instances.map(({ id }) => id));
    const started = await platform.instances.list('shop-compute');
    expect(started.map((instance) => instance.state)).toEqual([state, state]);
  });

  test('throws for what it does not have', async () => {
    await expect(platform.router.weights('nothing')).rejects.toMatchObject({ code: 'TargetGroupNotFound' });
    expect(() => platform.snapshots.list('shop')).toThrow('does not support snapshots.list');
  });
});

describe('a fault', () => {
  const invocation: Invocation = { name: 'task', signal: patience.signal, fault: undefined, calls: 0 };
  let made: number;
  beforeEach(() => {
    made = 0;
  });
  const call = async () => {
    made += 1;
  };

  test.each([
    ['throttled', 'Throttled', 0],
    ['answer lost', 'AwsUnavailable', 1],
    ['refused', 'AccessDenied', 0],
    ['answer lost for good', 'AwsRefused', 1],
    ['disk full', 'DiskFull', 0],
  ] as const)('of the kind "%s" fails with %s', async (kind, code, times) => {
    await expect(withFault(kind, invocation, call)).rejects.toMatchObject({ code });
    expect(made).toBe(times);
  });

  test.each(['hangs', 'happens and hangs'] as const)('that %s ends with the abort', async (kind) => {
    const over = new AbortController();
    const answer = withFault(kind, { ...invocation, signal: over.signal }, call);
    over.abort(new Error('time is up'));
    await expect(answer).rejects.toThrow('time is up');
    expect(made).toBe(kind === 'hangs' ? 0 : 1);
  });

  test('is always the same for one seed, and none without a rate', () => {
    const drawn = (seed: number, rate: number) => {
      const faults = new Faults({ ...NO_FAULTS, rate }, seed);
      return Array.from({ length: 50 }, () => faults.invocation('task', false, patience.signal).fault);
    };
    expect(drawn(7, 0.2)).toEqual(drawn(7, 0.2));
    expect(drawn(7, 0.2)).not.toEqual(drawn(8, 0.2));
    expect(drawn(7, 0).filter((fault) => fault !== undefined)).toEqual([]);
    expect(invocations.getStore()).toBeUndefined();
  });

  test('is drawn evenly', () => {
    const random = randomFrom(3);
    const hits = Array.from({ length: 2_000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(hits / 2_000).toBeCloseTo(0.25, 1);
  });
});
