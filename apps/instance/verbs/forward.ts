import { connect, createServer, type Socket } from 'node:net';
import * as z from 'zod';

const port = z.number().int().min(1).max(65_535);
const payloadShape = z.object({ from: port, to: port });

/**
 * Passes connections of the load balancer on to an application that insists on a port of its own, until SIGTERM. It is the application that
 * answers: where it does not listen, nobody is connected.
 */
export function forward(payload: unknown): void {
  const { from, to } = payloadShape.parse(payload);
  const server = createServer({ allowHalfOpen: true }, (outer) => passOn(outer, to));
  server.listen(from, '0.0.0.0', () => console.log(`passing port ${from} on to port ${to}`));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close());
}

function passOn(outer: Socket, to: number): void {
  const inner = connect({ port: to, host: 'localhost', allowHalfOpen: true });
  const pairs = [
    [outer, inner],
    [inner, outer],
  ] as const;
  for (const [one, other] of pairs) {
    one.pipe(other);
    one.once('close', () => other.destroy());
    // What went wrong is seen at the other end: the connection is gone.
    one.on('error', () => other.destroy());
  }
}
