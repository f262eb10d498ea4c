import type { Context } from 'hono';
import { stream } from 'hono/streaming';

/** Tells proxies and clients that the stream is alive. */
const HEARTBEAT_MILLISECONDS = 15_000;

/** Answers with one JSON document a line; empty lines are heartbeats. Ends with the items or when the client goes. */
export function ndjson<T>(context: Context, items: (signal: AbortSignal) => AsyncIterable<T>): Response {
  context.header('content-type', 'application/x-ndjson');
  context.header('cache-control', 'no-store');
  return stream(context, async (body) => {
    const gone = new AbortController();
    body.onAbort(() => gone.abort());
    const heartbeat = setInterval(() => void body.write('\n'), HEARTBEAT_MILLISECONDS);
    try {
      for await (const item of items(gone.signal)) await body.write(`${JSON.stringify(item)}\n`);
    } finally {
      clearInterval(heartbeat);
      gone.abort();
    }
  });
}
