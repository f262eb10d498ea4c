import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import {
  newLoadBalancer,
  openConnection,
  send,
  startRawTarget,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

const echo = (incoming: IncomingMessage, response: ServerResponse) =>
  response.end(JSON.stringify({ url: incoming.url, method: incoming.method, headers: incoming.headers }));

async function echoed(
  headers: Record<string, string | string[]>,
  path = '/',
): Promise<{ url: string; headers: IncomingHttpHeaders }> {
  const balancer = await newLoadBalancer({ blue: [await startTarget('i-1', echo)] });
  return JSON.parse((await send(balancer.url + path, { headers })).body);
}

describe('forwarded request', () => {
  test('names client, protocol and port', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-1', echo)] });
    const { headers } = JSON.parse((await send(balancer.url, { headers: { host: 'shop.example' } })).body);
    expect(headers).toMatchObject({
      host: 'shop.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(balancer.port),
    });
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  test('appends to what proxies before have said', async () => {
    const { headers } = await echoed({
      'x-forwarded-for': ['203.0.113.7', '10.0.0.1'],
      'x-forwarded-proto': 'https',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
    });
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.7, 10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
    });
  });

  test('carries no headers of the connection', async () => {
    const { headers } = await echoed({
      connection: 'keep-alive, x-private, host',
      'x-private': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic eA==',
      'x-public': '2',
    });
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(['host', 'x-public']));
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-private']));
    for (const name of ['x-private', 'te', 'proxy-authorization']) expect(headers).not.toHaveProperty(name);
  });

  test('keeps path and query as they are', async () => {
    expect((await echoed({}, '/a%2Fb//c?x=%20&y[]=1')).url).toBe('/a%2Fb//c?x=%20&y[]=1');
  });

  test('takes a whole URL as its path', async () => {
    const balancer = await newLoadBalancer({ blue: [await startTarget('i-1', echo)] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write('GET http://shop.example/cart?a=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    await waitFor(() => received().includes('"url":"/cart?a=1"'));
  });

  test('passes an offer of another protocol over', async () => {
    const { headers } = await echoed({
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAM',
    });
    expect(headers).not.toHaveProperty('upgrade');
    expect(headers).not.toHaveProperty('http2-settings');
  });

  test('continues at once for a client that asks', async () => {
    const target = await startTarget('i-1', (incoming, response) => void incoming.pipe(response));
    const balancer = await newLoadBalancer({ blue: [target] });
    const outgoing = request(balancer.url, { method: 'POST', headers: { expect: '100-continue' } });
    outgoing.flushHeaders();
    await new Promise((resolve) => outgoing.once('continue', resolve));
    const answer = new Promise<string>((resolve) => {
      outgoing.once('response', (incoming) => incoming.on('data', (chunk) => resolve(String(chunk))));
    });
    outgoing.end('body');
    expect(await answer).toBe('body');
  });

  test('with chunks arrives whole', async () => {
    const target = await startTarget('i-1', (incoming, response) => void incoming.pipe(response));
    const balancer = await newLoadBalancer({ blue: [target] });
    const answer = await send(balancer.url, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'in chunks',
    });
    expect(answer.body).toBe('in chunks');
  });

  test.each(['DELETE', 'GET'])('of method %s may carry a body', async (method) => {
    const target = await startTarget('i-1', (incoming, response) => void incoming.pipe(response));
    const balancer = await newLoadBalancer({ blue: [target] });
    expect(
      await send(balancer.url, { method, body: 'body', headers: { 'content-length': '4' } }),
    ).toMatchObject({
      status: 200,
      body: 'body',
    });
  });
});

describe('returned answer', () => {
  test('keeps status, text and repeated headers', async () => {
    const target = await startTarget('i-1', (_, response) => {
      response.writeHead(418, 'Short and Stout', {
        'set-cookie': ['a=1', 'b=2'],
        'x-hivemind-target': 'forged',
      });
      response.end('tea');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor(() => received().includes('tea'));
    expect(received()).toMatch(/^HTTP\/1\.1 418 Short and Stout\r\n/);
    expect(received()).toContain('set-cookie: a=1\r\nset-cookie: b=2\r\n');
    expect(received()).not.toContain('forged');
  });

  test('carries no headers of the connection', async () => {
    const target = await startRawTarget('raw', (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket, received } = await openConnection(balancer.url);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor(() => received().endsWith('ok'));
    expect(received()).not.toContain('X-Private');
    expect(received()).toContain('Connection: keep-alive\r\n');
  });

  test.each([
    ['HEAD', '200 OK\r\nContent-Length: 1234', 200, '1234'],
    ['GET', '304 Not Modified\r\nContent-Length: 1234', 304, '1234'],
    ['GET', '204 No Content\r\nX-A: 1', 204, undefined],
  ])('to %s may have no body: %s', async (method, head, status, length) => {
    const target = await startRawTarget('raw', (socket) => socket.write(`HTTP/1.1 ${head}\r\n\r\n`));
    const balancer = await newLoadBalancer({ blue: [target] });
    const answer = await send(balancer.url, { method });
    expect(answer).toMatchObject({ status, body: '' });
    expect(answer.headers['content-length']).toBe(length);
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
  });

  test('comes after its early hints', async () => {
    const target = await startTarget('i-1', (_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      response.end('page');
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const outgoing = request(balancer.url, { agent: false }).end();
    const hints = new Promise((resolve) => outgoing.once('information', resolve));
    const answer = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
    expect(await hints).toMatchObject({
      statusCode: 103,
      headers: { link: '</style.css>; rel=preload; as=style' },
    });
    expect((await answer).resume().statusCode).toBe(200);
  });
});
