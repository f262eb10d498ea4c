import { describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import {
  newLoadBalancer,
  openConnection,
  refusingTarget,
  startRawTarget,
  startTarget,
  type TestTarget,
} from '../../../../fixtures/load-balancing.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Echoes messages; the first one it sends is the protocol and path it was asked for. */
async function startChat(id: string): Promise<TestTarget> {
  const sockets = new WebSocketServer({ noServer: true });
  const target = await startTarget(id, undefined, {
    onUpgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.send(`${client.protocol} ${request.url} ${request.headers['x-forwarded-for']}`);
        client.on('message', (data) => client.send(String(data)));
      });
    },
  });
  return target;
}

async function connected(
  url: string,
  protocol = 'v1',
): Promise<{ client: WebSocket; messages: string[]; codes: number[] }> {
  const client = new WebSocket(url, protocol);
  const messages: string[] = [];
  const codes: number[] = [];
  client.on('message', (data) => messages.push(String(data)));
  client.on('close', (code) => codes.push(code));
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  return { client, messages, codes };
}

describe('WebSocket', () => {
  test('passes messages both ways', async () => {
    const balancer = await newLoadBalancer({ blue: [await startChat('chat')] });
    const { client, messages } = await connected(`${balancer.url}/chat?room=1`);
    await waitFor(() => messages[0] === 'v1 /chat?room=1 127.0.0.1');
    client.send('x'.repeat(1_000_000));
    await waitFor(() => messages[1]?.length === 1_000_000);
    client.close();
    await waitFor(() => client.readyState === WebSocket.CLOSED);
  });

  test('goes to another target when one refuses', async () => {
    const balancer = await newLoadBalancer({ blue: [await startChat('chat')] });
    balancer.register('blue', [await refusingTarget('gone')]);
    const clients = [await connected(balancer.url), await connected(balancer.url)];
    for (const { client } of clients) client.terminate();
  });

  test('gets an ordinary answer when refused', async () => {
    const target = await startTarget('i-1', (_, response) => {
      response.statusCode = 401;
      response.end('who are you');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write(HANDSHAKE);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received()).toMatch(/^HTTP\/1\.1 401 /);
    expect(received()).toContain('who are you');
  });

  test('gets 502 when no target accepts', async () => {
    const balancer = await newLoadBalancer({});
    balancer.register('blue', [await refusingTarget('gone')]);
    const { socket, received } = await openConnection(balancer.url);
    socket.write(HANDSHAKE);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received()).toMatch(/^HTTP\/1\.1 502 /);
  });

  test('delivers bytes sent together with the handshake', async () => {
    const target = await startRawTarget('raw', (socket, head) => {
      if (head.startsWith('GET ')) {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst',
        );
        if (head.endsWith('early')) socket.write('early');
      } else socket.write(head);
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write(`${HANDSHAKE}early`);
    await waitFor(() => received().endsWith('firstearly'));
  });

  test('ends when its target dies', async () => {
    const target = await startChat('chat');
    const balancer = await newLoadBalancer({ blue: [target] });
    const { codes } = await connected(balancer.url);
    await target.stop();
    await waitFor(() => codes[0] === 1006);
  });

  test('ends for the target when the client leaves', async () => {
    const target = await startChat('chat');
    const balancer = await newLoadBalancer({ blue: [target] });
    const { client } = await connected(balancer.url);
    client.terminate();
    await waitFor(() => balancer.metrics(300).openConnections === 0);
    await waitFor(() => target.sockets.size === 0);
  });

  test('ends when silent for the idle timeout', async () => {
    const balancer = await newLoadBalancer({ blue: [await startChat('chat')] }, { idleTimeoutSeconds: 1 });
    const { codes } = await connected(balancer.url);
    await waitFor(() => codes[0] === 1006);
  });
});
