import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface LoopbackRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface LoopbackAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly body: IncomingMessage;
  text(): Promise<string>;
}

/** A request to the server on this machine. `node:http` loads in a third of the time of `fetch`, which every command would pay. */
export function requestLoopback(url: string, options: LoopbackRequest = {}): Promise<LoopbackAnswer> {
  const { method = 'GET', headers = {}, body, signal } = options;
  return new Promise((resolve, reject) => {
    // Node frames the body of a DELETE only when it is told its length.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, {
      method,
      headers: { ...headers, ...length },
      agent: false,
      ...(signal && { signal }),
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const status = incoming.statusCode ?? 0;
      resolve({ status, ok: status >= 200 && status < 300, body: incoming, text: () => text(incoming) });
    });
    outgoing.end(body);
  });
}
