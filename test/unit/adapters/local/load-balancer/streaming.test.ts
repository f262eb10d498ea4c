import { createHash, randomBytes } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from '@jest/globals';
import {
  newLoadBalancer,
  openConnection,
  send,
  startRawTarget,
  startTarget,
} from '../../../../fixtures/load-balancing.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

async function balancerTo(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  return await newLoadBalancer({ blue: [await startTarget('i-1', handler)] });
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
}

describe('streaming', () => {
  test('passes server-sent events on at once', async () => {
    let stream: ServerResponse | undefined;
    const balancer = await balancerTo((_, response) => {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    const outgoing = request(balancer.url).end();
    const answer = await answerTo(outgoing);
    let received = '';
    answer.on('data', (chunk) => {
      received += chunk;
    });
    answer.on('error', () => outgoing.destroy());
    for (const event of ['one', 'two']) {
      stream?.write(`data: ${event}\n\n`);
      await waitFor(() => received.endsWith(`data: ${event}\n\n`));
    }
    outgoing.destroy();
    await waitFor(() => stream?.destroyed);
  });

  test('passes large bodies both ways unchanged', async () => {
    const balancer = await balancerTo((incoming, response) => void pipeline(incoming, response));
    const body = randomBytes(8_000_000).toString('base64');
    const answer = await send(balancer.url, { method: 'PUT', body });
    expect(createHash('sha1').update(answer.body).digest('hex')).toBe(
      createHash('sha1').update(body).digest('hex'),
    );
  });

  test('holds an upload back until the target reads', async () => {
    let incoming: IncomingMessage | undefined;
    const balancer = await balancerTo((arriving, response) => {
      incoming = arriving;
      arriving.on('end', () => response.end('done'));
    });
    const outgoing = request(balancer.url, { method: 'POST' });
    const answer = answerTo(outgoing);
    const megabyte = Buffer.alloc(1_000_000);
    for (let count = 0; count < 64; count += 1) outgoing.write(megabyte);
    await waitFor(() => incoming);
    // What the kernel and the streams between buffer is a few megabytes: the rest has to wait in the client.
    await waitFor(() => (outgoing.socket?.bytesWritten ?? 0) > 1_000_000);
    expect(outgoing.writableLength).toBeGreaterThan(30_000_000);
    incoming?.resume();
    outgoing.end();
    expect((await answer).statusCode).toBe(200);
    (await answer).resume();
  });

  test('holds an answer back until the client reads', async () => {
    let response: ServerResponse | undefined;
    const balancer = await balancerTo((_, answering) => {
      response = answering;
      for (let megabyte = 0; megabyte < 64; megabyte += 1) answering.write(Buffer.alloc(1_000_000));
      answering.end();
    });
    const answer = await answerTo(request(balancer.url).end());
    expect(response?.writableLength).toBeGreaterThan(30_000_000);
    let bytes = 0;
    for await (const chunk of answer) bytes += chunk.length;
    expect(bytes).toBe(64_000_000);
  });

  test('cancels the request when the client leaves', async () => {
    let aborted = false;
    const arrived = Promise.withResolvers<void>();
    const balancer = await balancerTo((incoming) => {
      incoming.on('close', () => {
        aborted = true;
      });
      arrived.resolve();
    });
    const outgoing = request(balancer.url).end();
    outgoing.on('error', () => outgoing.destroy());
    await arrived.promise;
    outgoing.destroy();
    await waitFor(() => aborted);
    await waitFor(() => balancer.metrics(300).responses['4xx'] === 1);
  });

  test('cancels an upload when the client leaves', async () => {
    let received = 0;
    let broken = false;
    const balancer = await balancerTo((incoming) => {
      incoming.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      incoming.on('error', () => {
        broken = true;
      });
    });
    const outgoing = request(balancer.url, { method: 'POST' });
    outgoing.on('error', () => outgoing.destroy());
    outgoing.write('half');
    await waitFor(() => received === 4);
    outgoing.destroy();
    await waitFor(() => broken);
  });

  test.each([
    ['with a length', 'Content-Length: 100\r\n\r\nhalf'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('breaks an answer %s that breaks', async (_, rest) => {
    const target = await startRawTarget('raw', (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`);
      setImmediate(() => socket.end());
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    await expect(send(balancer.url)).rejects.toThrow(/aborted|ECONNRESET/);
  });

  test('breaks an old client’s answer that breaks', async () => {
    const target = await startRawTarget('raw', (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
      setImmediate(() => socket.resetAndDestroy());
    });
    const balancer = await newLoadBalancer({ blue: [target] });
    const { socket } = await openConnection(balancer.url);
    const failed = new Promise((resolve) => socket.once('error', resolve));
    socket.write('GET / HTTP/1.0\r\n\r\n');
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });

  test('delivers an answer given before the upload ended', async () => {
    const balancer = await balancerTo((_, response) => {
      response.writeHead(413);
      response.end('too large');
    });
    const answer = await send(balancer.url, { method: 'POST', body: Buffer.alloc(20_000_000) });
    expect(answer).toMatchObject({ status: 413, body: 'too large' });
  });
});
