import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { ResetOf } from './answer.ts';

/** A request and its answer, whichever HTTP they came over. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Fires when the client is gone before the answer has ended. */
  readonly gone: AbortSignal;
  start(status: number, headers: Readonly<Record<string, string>>): void;
  write(bytes: Uint8Array | string): void;
  end(bytes?: Uint8Array | string): void;
  reset(of: ResetOf): void;
}

export interface Listener {
  readonly url: string;
  /** Also ends what is still open. */
  close(): Promise<void>;
}

/** How clients of HTTP/2 introduce themselves. The SDK's client for this service is one, over plain TCP as well. */
const HTTP2_PREFACE = 'PRI';

export async function listen(answer: (exchange: Exchange) => Promise<void>): Promise<Listener> {
  const sockets = new Map<number, Socket>();
  const receive = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => void exchangeOf(request, response, sockets).then(answer).catch(ignoreLostClient);
  const http1 = createServer(receive);
  const http2 = createHttp2Server(receive);
  http2.on('sessionError', () => undefined);
  const server = createTcpServer((socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('close', () => sockets.delete(port)).on('error', () => undefined);
    socket.once('data', (beginning) => {
      socket.pause();
      socket.unshift(beginning);
      const isHttp2 = beginning.toString('latin1').startsWith(HTTP2_PREFACE);
      (isHttp2 ? http2 : http1).emit('connection', socket);
      if (!isHttp2) socket.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Reading a request ends like this where its client goes away; everything else is a mistake of ours. */
function ignoreLostClient(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

async function exchangeOf(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  sockets: ReadonlyMap<number, Socket>,
): Promise<Exchange> {
  const port = request.socket.remotePort ?? 0;
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) gone.abort();
  });
  const write = (bytes: Uint8Array | string) => {
    // The two kinds of response have the same method, in overloads that do not agree.
    if (!gone.signal.aborted) (response as ServerResponse).write(bytes);
  };
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: await textOf(request),
    gone: gone.signal,
    start: (status, headers) => {
      if (!gone.signal.aborted) (response as ServerResponse).writeHead(status, headers).flushHeaders();
    },
    write,
    end: (bytes) => {
      if (bytes !== undefined) write(bytes);
      if (!gone.signal.aborted) response.end();
    },
    reset: (of) => {
      if (of === 'stream' && 'stream' in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else sockets.get(port)?.resetAndDestroy();
    },
  };
}
