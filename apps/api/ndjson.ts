import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import { errorDocument } from '../../src/contracts/deployment.ts';
import { asHiveMindError } from '../../src/domain/errors.ts';

/** Tells proxies and clients that the stream is alive. */
const HEARTBEAT_MILLISECONDS = 15_000;

/**
 * Answers with one JSON document a line; empty lines are heartbeats. Ends with the items, with an error document when the platform
 * refuses to go on, or when the client goes.
 */
export function ndjson<T>(context: Context, items: (signal: AbortSignal) => AsyncIterable<T>): Response {
  context.header('content-type', 'application/x-ndjson');
  context.header('cache-control', 'no-store');
  return stream(context, async (body) => {
    const gone = new AbortController();
    body.onAbort(() => gone.abort());
    const heartbeat = setInterval(() => void body.write('\n'), HEARTBEAT_MILLISECONDS);
    try {
      for await (const item of items(gone.signal)) await body.write(`${JSON.stringify(item)}\n`);
    } catch (error) {
      if (!gone.signal.aborted) await body.write(`${JSON.stringify(failureOf(error))}\n`);
    } finally {
      clearInterval(heartbeat);
      gone.abort();
    }
  });
}

/** A fault of ours is none of the client's: the stream just ends, and the log of the server says why. */
function failureOf(thrown: unknown) {
  const { kind, code, message, hint } = asHiveMindError(thrown);
  if (kind.fault === 'hivemind') throw thrown;
  return errorDocument.parse({ error: { code, message, hint } });
}
