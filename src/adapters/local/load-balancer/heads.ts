import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PROBE_HEADERS, TARGET_HEADER } from './probe-rule.ts';

/** Headers of one connection, not of the message (RFC 9110, 7.6.1; RFC 2616, 13.5.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** `expect` is answered by Node's server; the forwarding headers are written anew. */
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  ...PROBE_HEADERS,
  'expect',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
]);
const NOT_RETURNED = new Set([...HOP_BY_HOP, TARGET_HEADER]);

export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

/** Path and query of a request target that may be a whole URL (RFC 9112, 3.2.2). */
export function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/';
  if (target.startsWith('/')) return target;
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? [];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The request's headers as the target gets them: name, value, name, value. */
export function forwardedHeaders(request: IncomingMessage, listenerPort: number): string[] {
  const { headers, rawHeaders } = request;
  const nominated = nominatedBy(headers.connection);
  const forwarded: string[] = [];
  const withoutBody = !hasBody(request);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const key = name.toLowerCase();
    if (NOT_FORWARDED.has(key) || nominated.includes(key)) continue;
    if (withoutBody && key === 'content-length') continue;
    forwarded.push(name, rawHeaders[index + 1] ?? '');
  }
  const earlier = headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '';
  forwarded.push('X-Forwarded-For', earlier === undefined ? client : `${earlier}, ${client}`);
  forwarded.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Port', String(listenerPort));
  if (headers['x-amzn-trace-id'] === undefined) forwarded.push('X-Amzn-Trace-Id', newTraceId());
  return forwarded;
}

/** The target's headers as the client gets them. */
export function returnedHeaders(
  rawHeaders: readonly (Buffer | string)[],
  headers: IncomingHttpHeaders,
): string[] {
  const nominated = nominatedBy(headers.connection);
  const returned: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toString('latin1') ?? '';
    const key = name.toLowerCase();
    if (NOT_RETURNED.has(key) || nominated.includes(key)) continue;
    returned.push(name, rawHeaders[index + 1]?.toString('latin1') ?? '');
  }
  return returned;
}

/** Names that a Connection header declares to be of this connection only. Host is never one (RFC 9110, 7.6.1). */
function nominatedBy(connection: string | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'host');
}

/** As X-Ray has it: version, seconds since 1970 and 96 random bits, in hexadecimal. */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  return `Root=1-${seconds}-${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
