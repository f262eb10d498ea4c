import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';

export const LISTENER_HOST = '127.0.0.1';

/** Longer than the 60 s that clients and proxies in front commonly keep idle connections for. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
/** The limit of an Application Load Balancer for all headers of a request. */
const MAX_REQUEST_HEAD_BYTES = 65_536;
const CLOSE_INTERVAL_MILLISECONDS = 50;

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  upgrade: 'websocket' | null,
) => void;

/** The port of one load balancer. */
export class Listener {
  readonly #server: Server;
  #openConnections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#openConnections += 1;
      socket.once('close', () => {
        this.#openConnections -= 1;
      });
    });
  }

  /** @throws {HiveMindError} PortInUse, InvalidInput: a port that this user may not open */
  static async open(port: number, onRequest: RequestHandler): Promise<Listener> {
    const server = newServer(onRequest);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(asPortError(error, port)));
      server.listen({ port, host: LISTENER_HOST, backlog: 4_096 }, resolve);
    });
    return new Listener(server);
  }

  get openConnections(): number {
    return this.#openConnections;
  }

  /** Cuts connections on which nothing has passed for so long. */
  set silenceMilliseconds(milliseconds: number) {
    this.#server.timeout = milliseconds;
  }

  /** Takes no new connections; lets requests finish within the time, then cuts them. Connections that left HTTP stay. */
  async close(graceMilliseconds: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const deadline = performance.now() + graceMilliseconds;
    const sweep = setInterval(() => {
      if (performance.now() < deadline) {
        this.#server.closeIdleConnections();
        return;
      }
      clearInterval(sweep);
      this.#server.closeAllConnections();
    }, CLOSE_INTERVAL_MILLISECONDS);
    await closed;
    clearInterval(sweep);
  }
}

function newServer(onRequest: RequestHandler): Server {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
    // A slow upload is not an error; silence is, and `timeout` ends it.
    requestTimeout: 0,
    // Other upgrades (h2c) are offers that a server may pass over.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.on('request', (request, response) => onRequest(request, response, null));
  server.on('upgrade', (request, socket, head) => {
    onRequest(request, upgradeResponse(request, socket, head), 'websocket');
  });
  return server;
}

/** Node hands an upgrade over as a bare socket; the answer may still be an ordinary one (401, 502). */
function upgradeResponse(request: IncomingMessage, socket: Duplex, head: Buffer): ServerResponse {
  socket.on('error', () => socket.destroy());
  if (head.length > 0) socket.unshift(head);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  socket.on('drain', () => response.emit('drain'));
  response.once('finish', () => request.socket.destroySoon());
  return response;
}

function asPortError(cause: Error, port: number): Error {
  const code = systemErrorCode(cause);
  if (code === 'EADDRINUSE') {
    return new HiveMindError('PortInUse', `port ${port} is in use by another program`, {
      hint: `choose another port with --port, or stop what listens on ${port}`,
      cause,
    });
  }
  if (code === 'EACCES') {
    return new HiveMindError('InvalidInput', `port ${port} may not be opened by this user`, {
      hint: 'choose a port above 1023 with --port',
      cause,
    });
  }
  return cause;
}
