import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { hasBody } from './heads.ts';

/**
 * The body beside the request itself: undici destroys what it could not send, and a destroyed request would take the client's
 * connection with it before an early answer (413) is through. What is left of the body is read and dropped.
 */
export function bodyOf(request: IncomingMessage): Readable | null {
  if (!hasBody(request)) return null;
  const body = request.pipe(new PassThrough());
  const release = () => {
    request.unpipe(body);
    request.resume();
  };
  body.on('close', release);
  body.on('error', release);
  return body;
}
