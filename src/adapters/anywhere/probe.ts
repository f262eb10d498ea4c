import { createHash, randomBytes } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpProbeAnswer, HttpProbeRequest, Probe, ProbeOutcome } from '../../ports/probe.ts';
import { attempt, Unreached } from './probe-attempt.ts';
import { probeTls } from './probe-tls.ts';

const MAX_BODY_BYTES = 64 * 1024;
const BODY_PATIENCE_MILLISECONDS = 1_000;

/**
 * Looks at applications over the network, loopback addresses included. Only http and https are spoken, nothing is followed, and
 * no certificate makes an answer unreachable: whether a certificate is good is what `tls` tells.
 */
export const networkProbe: Omit<Probe, 'sql'> = {
  http: probeHttp,
  webSocket: probeWebSocket,
  tls: probeTls,
  tcp: (host, port, timeoutMilliseconds) =>
    attempt(timeoutMilliseconds, async (signal) => {
      const socket = connect({ host, port, signal });
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('connect', resolve);
      }).finally(() => socket.destroy());
      return {};
    }),
};

function probeHttp(request: HttpProbeRequest): Promise<ProbeOutcome<HttpProbeAnswer>> {
  return attempt(request.timeoutMilliseconds, async (signal, progress) => {
    const outgoing = send(request, { connection: 'close', 'accept-encoding': 'identity' }, signal);
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      // Stays: an error after the response comes from reading the body too.
      outgoing.on('error', reject);
    });
    progress.answerBegan = true;
    const body = await firstBytes(incoming, MAX_BODY_BYTES);
    return { status: incoming.statusCode ?? 0, headers: flatHeaders(incoming), body: body.toString('utf8') };
  });
}

function probeWebSocket(request: HttpProbeRequest): Promise<ProbeOutcome<{ readonly milliseconds: number }>> {
  return attempt(request.timeoutMilliseconds, async (signal) => {
    const key = randomBytes(16).toString('base64');
    const outgoing = send(
      request,
      {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
      },
      signal,
    );
    const { incoming, socket } = await upgraded(outgoing);
    sayGoodbye(socket);
    if (incoming.headers['sec-websocket-accept'] !== acceptFor(key)) {
      throw new Unreached('the upgrade was answered without the right Sec-WebSocket-Accept');
    }
    return {};
  });
}

function send(
  { url, method = 'GET', headers }: HttpProbeRequest,
  ownHeaders: Readonly<Record<string, string>>,
  signal: AbortSignal,
): ClientRequest {
  const address = URL.parse(url.replace(/^ws(s?):/i, 'http$1:'));
  if (address === null) throw new Unreached('that is not a valid address');
  if (address.protocol !== 'http:' && address.protocol !== 'https:') {
    throw new Unreached(`"${address.protocol}" is not a protocol that can be probed`);
  }
  const request = address.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = { 'user-agent': 'HiveMind-Probe/1', accept: '*/*', ...headers, ...ownHeaders };
  return request(address, { method, headers: sent, agent: false, signal, rejectUnauthorized: false }).end();
}

/** The body, or of one that does not end (a stream of events) what came in time. */
async function firstBytes(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isStream = false;
  const timer = setTimeout(() => {
    isStream = true;
    incoming.destroy();
  }, BODY_PATIENCE_MILLISECONDS);
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop destroys the stream, and with it the connection.
      if (bytes >= limit) break;
    }
  } catch (error) {
    if (!isStream) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

const flatHeaders = (incoming: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value = '']) => [name, [value].flat().join(', ')]),
  );

function upgraded(outgoing: ClientRequest): Promise<{ incoming: IncomingMessage; socket: Duplex }> {
  return new Promise((resolve, reject) => {
    outgoing.once('upgrade', (incoming, socket) => resolve({ incoming, socket }));
    outgoing.once('response', (incoming) => {
      outgoing.destroy();
      reject(new Unreached(`the upgrade was refused with status ${incoming.statusCode}`));
    });
    outgoing.on('error', reject);
  });
}

/** RFC 6455, section 4.2.2. */
const acceptFor = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A masked, empty close frame, so that the application sees an orderly end. */
function sayGoodbye(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]), () => socket.destroy());
}
