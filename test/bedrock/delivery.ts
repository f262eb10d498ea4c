import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './answer.ts';
import { exceptionFrame } from './event-frames.ts';
import type { Exchange } from './loopback-listener.ts';
import type { Ending } from './service-record.ts';

type Piece = Uint8Array | string;

export interface Parcel {
  readonly contentType: string;
  readonly pieces: readonly Piece[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends an answer with status 200 in the way that its script says. */
export async function deliver(exchange: Exchange, parcel: Parcel, delivery: Delivery): Promise<Ending> {
  const { pieces } = parcel;
  exchange.start(200, { ...parcel.headers, 'content-type': parcel.contentType });
  if (delivery.how === 'whole') {
    exchange.end(joined(pieces));
    return exchange.gone.aborted ? 'left' : 'answered';
  }
  if (delivery.how === 'drip') return drip(exchange, pieces, delivery.pauseMilliseconds);
  const wanted = delivery.after < 0 ? pieces.length + delivery.after : delivery.after;
  const sent = Math.min(wanted, pieces.length - 1);
  exchange.write(joined(pieces.slice(0, sent)));
  if (delivery.how === 'hangs') return untilGone(exchange);
  if (delivery.how === 'reset') {
    // What was written before goes out first: the client has begun to read when the connection breaks.
    setImmediate(() => exchange.reset(delivery.of));
    return 'cut';
  }
  exchange.end(delivery.how === 'exception' ? exceptionFrame(delivery.error) : undefined);
  return 'cut';
}

/** A JSON body as it is sent in two halves. */
export function halvesOf(body: string): readonly string[] {
  const middle = Math.ceil(body.length / 2);
  return [body.slice(0, middle), body.slice(middle)];
}

export function untilGone({ gone }: Exchange): Promise<Ending> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve('left');
    gone.addEventListener('abort', () => resolve('left'), { once: true });
  });
}

async function drip(exchange: Exchange, pieces: readonly Piece[], milliseconds: number): Promise<Ending> {
  for (const piece of pieces) {
    if (exchange.gone.aborted) return 'left';
    exchange.write(piece);
    await sleep(milliseconds);
  }
  exchange.end();
  return exchange.gone.aborted ? 'left' : 'answered';
}

const joined = (pieces: readonly Piece[]): Uint8Array =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
