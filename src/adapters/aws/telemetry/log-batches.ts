import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../../../domain/log-line.ts';

/** What PutLogEvents takes at once: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;
const MAX_BATCH_MILLISECONDS = 24 * 60 * 60 * 1_000;
/** Counted for each event besides its message. */
const EVENT_OVERHEAD_BYTES = 26;
const MAX_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES;

/** A line as an event, cut where the service would refuse it. Its time is kept to the millisecond. */
export function logEvent({ time, text }: LogLine): { readonly event: InputLogEvent; readonly bytes: number } {
  const parsed = Date.parse(time);
  // An event without a character is refused.
  const message = cutToBytes(text === '' ? ' ' : text, MAX_EVENT_BYTES);
  return {
    event: { timestamp: Number.isNaN(parsed) ? Date.now() : parsed, message },
    bytes: Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
  };
}

function cutToBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  // A character that the cut goes through becomes U+FFFD, which may be longer than what is left of it.
  return bytes
    .subarray(0, limit - 4)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
}

/** The events in the order of their times, in batches that the service takes. Equal times keep their order. */
export function logBatches(events: readonly InputLogEvent[]): InputLogEvent[][] {
  const batches: InputLogEvent[][] = [];
  let bytes = 0;
  for (const event of [...events].sort(byTime)) {
    const size = Buffer.byteLength(event.message ?? '') + EVENT_OVERHEAD_BYTES;
    const batch = batches.at(-1);
    const fits =
      batch !== undefined &&
      batch.length < MAX_BATCH_EVENTS &&
      bytes + size <= MAX_BATCH_BYTES &&
      timeOf(event) - timeOf(batch[0]) < MAX_BATCH_MILLISECONDS;
    if (fits) batch.push(event);
    else batches.push([event]);
    bytes = fits ? bytes + size : size;
  }
  return batches;
}

const timeOf = (event: InputLogEvent | undefined): number => event?.timestamp ?? 0;
const byTime = (one: InputLogEvent, other: InputLogEvent): number => timeOf(one) - timeOf(other);
