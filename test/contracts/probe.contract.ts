import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import type { Probe } from '../../src/ports/probe.ts';
import { selfSigned } from '../fixtures/self-signed.ts';

const servers: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = async (handler: RequestListener) => `http://127.0.0.1:${await listen(createServer(handler))}/`;

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const timeoutMilliseconds = 5000;
const short = 100;
/** The first byte arrives within it on a busy machine too; a probe that waits for longer takes what it has. */
const enoughToBegin = 500;

/** What every adapter of the Probe port does. */
export function probeContract(make: () => Probe): void {
  test('reports status, headers and body', async () => {
    const url = await serve((request, response) => {
      response
        .writeHead(201, { 'x-release': request.headers['x-ask'], 'set-cookie': ['a=1', 'b=2'] })
        .end('привет');
    });

    const outcome = await make().http({ url, headers: { 'x-ask': 'seven' }, timeoutMilliseconds });

    expect(outcome).toMatchObject({
      reached: true,
      answer: { status: 201, body: 'привет', headers: { 'x-release': 'seven', 'set-cookie': 'a=1, b=2' } },
    });
  });

  test('reports a redirect without following it', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(302, { location: '/next' }).end();
    });

    const outcome = await make().http({ url, timeoutMilliseconds });

    expect(outcome).toMatchObject({ reached: true, answer: { status: 302, headers: { location: '/next' } } });
    expect(requests).toBe(1);
  });

  test('reads no more than 64 KiB', async () => {
    const url = await serve((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(50_000)));
      };
      response.on('drain', more);
      more();
    });

    const outcome = await make().http({ url, timeoutMilliseconds });

    expect(outcome.reached && outcome.answer.body.length).toBe(65_536);
  });

  test('fails with no answer from a silent server', async () => {
    const url = await serve(() => undefined);

    const outcome = await make().http({ url, timeoutMilliseconds: short });

    expect(outcome).toMatchObject({ reached: false, reason: 'no answer within 0.1 s' });
  });

  test('fails with an answer that never ends', async () => {
    const url = await serve((_, response) => {
      response.write('x');
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });

    const outcome = await make().http({ url, timeoutMilliseconds: enoughToBegin });

    expect(outcome).toMatchObject({ reached: false, reason: 'the answer did not end within 0.5 s' });
  });

  test('fails with refused, closed, garbled and impossible targets', async () => {
    const refused = await closedPort();
    const closing = await listen(createTcpServer((socket) => socket.destroy()));
    const garbled = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')));
    const reasons = async (url: string) => {
      const outcome = await make().http({ url, timeoutMilliseconds });
      return outcome.reached ? 'reached' : outcome.reason;
    };

    expect(await reasons(`http://127.0.0.1:${refused}/`)).toBe('connection refused');
    expect(await reasons(`http://127.0.0.1:${closing}/`)).toBe('the connection was closed before an answer');
    expect(await reasons(`http://127.0.0.1:${garbled}/`)).toBe('the answer is not valid HTTP');
    expect(await reasons('file:///etc/passwd')).toBe('"file:" is not a protocol that can be probed');
    expect(await reasons('nonsense')).toBe('that is not a valid address');
  });

  test('accepts a WebSocket upgrade', async () => {
    const server = createServer();
    const chat = new WebSocketServer({ server });
    const closed = new Promise((resolve) => chat.on('connection', (socket) => socket.on('close', resolve)));
    const port = await listen(server);

    const outcome = await make().webSocket({ url: `ws://127.0.0.1:${port}/chat`, timeoutMilliseconds });

    expect(outcome).toMatchObject({ reached: true });
    // 1005: a close frame without a status, as opposed to 1006, a connection that broke.
    expect(await closed).toBe(1005);
  });

  test('fails with refused and forged WebSocket upgrades', async () => {
    const plain = await serve((_, response) => response.writeHead(404).end());
    const forging = createServer();
    forging.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    const port = await listen(forging);

    expect(await make().webSocket({ url: plain, timeoutMilliseconds })).toMatchObject({
      reached: false,
      reason: 'the upgrade was refused with status 404',
    });
    expect(await make().webSocket({ url: `http://127.0.0.1:${port}/`, timeoutMilliseconds })).toMatchObject({
      reached: false,
      reason: 'the upgrade was answered without the right Sec-WebSocket-Accept',
    });
  });

  test('tells open ports from closed ones', async () => {
    const open = await listen(createTcpServer((socket) => socket.resume()));

    expect(await make().tcp('127.0.0.1', open, timeoutMilliseconds)).toMatchObject({ reached: true });
    expect(await make().tcp('127.0.0.1', await closedPort(), timeoutMilliseconds)).toMatchObject({
      reached: false,
      reason: 'connection refused',
    });
  });

  test('reads a certificate that nobody should trust', async () => {
    const { key, cert } = selfSigned();
    const port = await listen(createHttpsServer({ key, cert }, (_, response) => response.end('hello')));

    const outcome = await make().tls('127.0.0.1', port, timeoutMilliseconds);

    expect(outcome).toMatchObject({
      reached: true,
      answer: {
        protocol: 'TLSv1.3',
        subject: 'shop.test',
        authorized: false,
        reason: 'it is signed by itself',
      },
    });
    const validTo = outcome.reached ? Date.parse(outcome.answer.validTo) : 0;
    expect(Math.round((validTo - Date.now()) / 86_400_000)).toBe(30);
    const page = await make().http({ url: `https://127.0.0.1:${port}/`, timeoutMilliseconds });
    expect(page).toMatchObject({ reached: true, answer: { status: 200, body: 'hello' } });
  });

  test('finds no certificate where nobody speaks TLS', async () => {
    const silent = await listen(createTcpServer((socket) => socket.resume()));
    const plain = Number(new URL(await serve((_, response) => response.end())).port);

    expect(await make().tls('127.0.0.1', silent, short)).toMatchObject({
      reached: false,
      reason: 'no answer within 0.1 s',
    });
    expect(await make().tls('127.0.0.1', plain, timeoutMilliseconds)).toMatchObject({
      reached: false,
      reason: 'the server does not speak TLS',
    });
    expect(await make().tls('127.0.0.1', await closedPort(), timeoutMilliseconds)).toMatchObject({
      reached: false,
      reason: 'connection refused',
    });
  });
}
