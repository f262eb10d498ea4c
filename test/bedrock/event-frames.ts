import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import type { ServiceError } from './service-error.ts';

/** A message of `application/vnd.amazon.eventstream`, with its checksums. */
export type Frame = Uint8Array;

/** The service fills short events up, so that their length tells less. */
const PADDING = 'abcdefgh';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

const frame = (headers: Readonly<Record<string, string>>, payload: object): Frame =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
    ),
    body: fromUtf8(JSON.stringify(payload)),
  });

export const eventFrame = (event: string, payload: object): Frame =>
  frame(
    { ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' },
    { ...payload, p: PADDING },
  );

/** An exception in the middle of a stream that began well. */
export function exceptionFrame({ name, message }: ServiceError): Frame {
  const type = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    { message },
  );
}
