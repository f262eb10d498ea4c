import { Agent } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import {
  newLoadBalancer,
  newLoadBalancers,
  openConnection,
  refusingTarget,
  SETTINGS,
  send,
  startDeafTarget,
  startRawTarget,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import fc from '../../../../fixtures/properties.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

const tally = (bodies: readonly string[]) => (id: string) => bodies.filter((body) => body === id).length;

async function bodiesOf(url: string, times: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true });
  const bodies: string[] = [];
  for (let turn = 0; turn < times; turn += 1) bodies.push((await send(url, { agent })).body);
  agent.destroy();
  return bodies;
}

describe('weights', () => {
  test('split requests as configured', async () => {
    const [blue, green] = [await startTarget('blue'), await startTarget('green')];
    const balancer = await newLoadBalancer({ blue: [blue], green: [green] });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 10 }), async (tenths) => {
        balancer.shift({ blue: tenths * 10, green: 100 - tenths * 10 });
        const count = tally(await bodiesOf(balancer.url, 20));
        expect([count('blue'), count('green')]).toEqual([tenths * 2, 20 - tenths * 2]);
      }),
      { numRuns: 15 },
    );
  });

  test('take turns among the targets of a colour', async () => {
    const targets = [await startTarget('i-1'), await startTarget('i-2'), await startTarget('i-3')];
    const balancer = await newLoadBalancer({ blue: targets });
    const count = tally(await bodiesOf(balancer.url, 12));
    expect(['i-1', 'i-2', 'i-3'].map(count)).toEqual([4, 4, 4]);
  });

  test('fall to the other colour without healthy targets', async () => {
    const green = await startTarget('green');
    const balancer = await newLoadBalancer({ green: [green] });
    balancer.register('blue', [await refusingTarget('blue')]);
    balancer.shift({ blue: 50, green: 50 });
    expect(new Set(await bodiesOf(balancer.url, 6))).toEqual(new Set(['green']));
  });

  test('never send traffic to a colour of weight zero', async () => {
    const balancer = await newLoadBalancer({ green: [await startTarget('green')] });
    expect(await send(balancer.url)).toMatchObject({ status: 503 });
  });

  test('fail open when no target is healthy', async () => {
    const sick = await startTarget(
      'sick',
      (request, response) => {
        response.statusCode = request.url === '/health' ? 500 : 200;
        response.end('still answers');
      },
      { ownHealth: true },
    );
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [sick]);
    await waitFor(() => balancer.group('blue').health[0]?.state === 'unhealthy');
    expect(await send(balancer.url)).toMatchObject({ status: 200, body: 'still answers' });
  });

  test('ramp up a target that starts slowly', async () => {
    const shares: (number | undefined)[] = [];
    const balancers = newLoadBalancers({
      onHealthChange: (_, color, { id, state }) => {
        if (state === 'healthy') shares.push(balancers.get('shop').group(color).find(id)?.share);
      },
    });
    await balancers.create('shop', { ...SETTINGS, slowStartSeconds: 0.5 });
    const balancer = balancers.get('shop');
    balancer.register('blue', [await startTarget('i-1')]);
    await waitFor(() => shares.length > 0);
    expect(shares[0]).toBeLessThan(0.5);
    await waitFor(() => balancer.group('blue').find('i-1')?.share === 1);
  });
});

describe('failing targets', () => {
  test('no registered target gives 503', async () => {
    const balancer = await newLoadBalancer({});
    const answer = await send(balancer.url);
    expect(answer).toMatchObject({ status: 503 });
    expect(answer.body).toContain('no instance of the application is registered');
  });

  test('a refused connection goes to another target', async () => {
    const gone = await startTarget('gone');
    const balancer = await newLoadBalancer({ blue: [gone, await startTarget('there')] });
    await gone.stop();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(balancer.url, { method: 'POST', body: 'order' })),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(10).fill([200, 'there']));
  });

  test('a refused connection brings an immediate check', async () => {
    const gone = await startTarget('gone');
    const balancer = await newLoadBalancer({ blue: [gone, await startTarget('there')] });
    await gone.stop();
    await Promise.all([send(balancer.url), send(balancer.url)]);
    await waitFor(() => balancer.group('blue').health.find(({ id }) => id === 'gone')?.state === 'unhealthy');
    expect(balancer.group('blue').health).toContainEqual(
      expect.objectContaining({ id: 'gone', reason: 'connection refused', lastStatus: null }),
    );
  });

  test('refused connections everywhere give 502', async () => {
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [await refusingTarget('i-1'), await refusingTarget('i-2')]);
    expect(await send(balancer.url)).toMatchObject({
      status: 502,
      body: '502 Bad Gateway: the application does not accept connections\n',
    });
  });

  test.each([
    ['a reset', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
    ['an early end', (socket: { end(): void }) => socket.end()],
    ['garbage', (socket: { end(text: string): void }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ])('%s instead of an answer gives 502', async (_, misbehave) => {
    let requests = 0;
    const target = await startRawTarget('raw', (socket) => {
      requests += 1;
      misbehave(socket);
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    expect(await send(balancer.url)).toMatchObject({ status: 502 });
    expect(requests).toBe(1);
  });

  test('a connection that is not accepted gives 504', async () => {
    const target = await startDeafTarget('deaf');
    const balancers = newLoadBalancers({ connectTimeoutMilliseconds: 500 });
    const { url } = await balancers.create('shop', SETTINGS);
    balancers.get('shop').register('blue', [target]);
    expect(await send(url)).toMatchObject({
      status: 504,
      body: '504 Gateway Timeout: the application did not accept the connection in time\n',
    });
  });

  test('silence for the idle timeout gives 504', async () => {
    const target = await startTarget('slow', () => undefined);
    const balancer = await newLoadBalancer({ blue: [target] }, { idleTimeoutSeconds: 1 });
    expect(await send(balancer.url)).toMatchObject({ status: 504 });
  });

  test('a reset of a reused connection is retried', async () => {
    let served = 0;
    const target = await startRawTarget('raw', (socket) => {
      served += 1;
      if (served === 2) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    expect(await bodiesOf(balancer.url, 2)).toEqual(['ok', 'ok']);
    expect(served).toBe(3);
  });

  test('a request with effects is not repeated', async () => {
    let served = 0;
    const target = await startRawTarget('raw', (socket) => {
      served += 1;
      if (served === 2) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    await send(balancer.url, { method: 'POST' });
    expect(await send(balancer.url, { method: 'POST' })).toMatchObject({ status: 502 });
    expect(served).toBe(2);
  });
});

describe('requests', () => {
  test('with an unknown transfer coding give 501', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-1')] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
    await waitFor(() => received().startsWith('HTTP/1.1 501 '));
  });

  test.each([
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n'],
    ['length and chunks', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'],
    ['two hosts', 'Host: other\r\n'],
    ['a bare line feed in a header', 'X-A: 1\nContent-Length: 3\r\n'],
  ])('with %s never reach a target', async (_, headers) => {
    let reached = false;
    const target = await startTarget('i-1', (_request, response) => {
      reached = true;
      response.end();
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\nabcd`);
    await waitFor(() => received().startsWith('HTTP/1.1 400 '));
    expect(reached).toBe(false);
  });

  test('keep their connection over a swap of targets', async () => {
    const [blue, green] = [await startTarget('blue'), await startTarget('green')];
    const balancer = await newLoadBalancer({ blue: [blue], green: [green] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor(() => received().includes('blue'));
    balancer.shift({ blue: 0, green: 100 });
    await balancer.deregister('blue', ['blue']);
    await blue.stop();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor(() => received().includes('green'));
  });
});
