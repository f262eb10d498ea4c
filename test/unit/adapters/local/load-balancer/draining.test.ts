import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  newLoadBalancer,
  openConnection,
  send,
  startRawTarget,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

/** A target that answers when told to. */
async function startHeldTarget(id: string) {
  const held: ServerResponse[] = [];
  const target = await startTarget(id, (_, response) => held.push(response));
  return { target, held };
}

describe('draining', () => {
  test('lets requests in flight finish', async () => {
    const { target, held } = await startHeldTarget('old');
    const balancer = await newLoadBalancer({ blue: [target] });
    const answer = send(balancer.url);
    await waitFor(() => held.length === 1);
    let drained = false;
    const draining = balancer.deregister('blue', ['old']).then(() => {
      drained = true;
    });
    balancer.register('blue', [await startTarget('new')]);
    expect(await send(balancer.url)).toMatchObject({ body: 'new' });
    expect(drained).toBe(false);
    expect(balancer.group('blue').health).toContainEqual(
      expect.objectContaining({ id: 'old', state: 'draining' }),
    );
    held[0]?.end('finished');
    expect(await answer).toMatchObject({ status: 200, body: 'finished' });
    await draining;
    expect(balancer.group('blue').health.map(({ id }) => id)).toEqual(['new']);
  });

  test('ends at once when the target is idle', async () => {
    const balancer = await newLoadBalancer(
      { blue: [await startTarget('i-1')] },
      { deregistrationDelaySeconds: 3_600 },
    );
    await send(balancer.url);
    await balancer.deregister('blue', ['i-1']);
    expect(balancer.group('blue').health).toEqual([]);
  });

  test('cuts what is left after the delay', async () => {
    const { target, held } = await startHeldTarget('old');
    const balancer = await newLoadBalancer({ blue: [target] }, { deregistrationDelaySeconds: 0.2 });
    const answer = send(balancer.url);
    await waitFor(() => held.length === 1);
    await balancer.deregister('blue', ['old']);
    expect(await answer).toMatchObject({ status: 502 });
  });

  test('waits for streams and WebSockets, then cuts', async () => {
    const target = await startRawTarget('raw', (socket, head) => {
      const answer = head.includes('Upgrade')
        ? '101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello'
        : '200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
      socket.write(`HTTP/1.1 ${answer}`);
    });
    const balancer = await newLoadBalancer({ blue: [target] }, { deregistrationDelaySeconds: 0.3 });
    const [stream, webSocket] = [await openConnection(balancer.url), await openConnection(balancer.url)];
    stream.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    webSocket.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await waitFor(() => [stream, webSocket].every(({ received }) => received().includes('hello')));
    let drained = false;
    const draining = balancer.deregister('blue', ['raw']).then(() => {
      drained = true;
    });
    webSocket.socket.write('still there');
    expect(drained).toBe(false);
    await draining;
    await waitFor(() => stream.socket.destroyed && webSocket.socket.destroyed);
  });

  test('is awaited by everyone who deregisters', async () => {
    const { target, held } = await startHeldTarget('old');
    const balancer = await newLoadBalancer({ blue: [target] });
    const answer = send(balancer.url);
    await waitFor(() => held.length === 1);
    const finished: number[] = [];
    const drains = [1, 2].map((call) =>
      balancer.deregister('blue', ['old', 'unknown']).then(() => finished.push(call)),
    );
    await balancer.deregister('blue', ['unknown']);
    expect(finished).toEqual([]);
    held[0]?.end();
    await Promise.all([...drains, answer]);
  });

  test('does not keep the target from coming back', async () => {
    const { target, held } = await startHeldTarget('i-1');
    const balancer = await newLoadBalancer({ blue: [target] });
    const answer = send(balancer.url);
    await waitFor(() => held.length === 1);
    const draining = balancer.deregister('blue', ['i-1']);
    balancer.register('blue', [target]);
    expect(balancer.group('blue').health.map(({ state }) => state)).toEqual(['initial', 'draining']);
    held[0]?.end();
    await Promise.all([draining, answer]);
    expect(balancer.group('blue').addresses).toHaveLength(1);
  });

  test('repeats a request whose connection is reset', async () => {
    const held: Socket[] = [];
    let served = 0;
    const target = await startRawTarget('raw', (socket) => {
      served += 1;
      if (served === 2) held.push(socket);
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    await send(balancer.url);
    const answer = send(balancer.url);
    await waitFor(() => held.length === 1);
    const draining = balancer.deregister('blue', ['raw']);
    held[0]?.resetAndDestroy();
    expect(await answer).toMatchObject({ status: 200, body: 'ok' });
    await draining;
  });
});
