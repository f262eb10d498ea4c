import {
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../../../domain/log-line.ts';
import { asked, askedUnless, awsErrorName } from '../aws-failure.ts';
import { logBatches, logEvent } from './log-batches.ts';
import { type LogGroup, streamOf } from './log-streams.ts';

const FLUSH_MILLISECONDS = 500;
/** What may wait for the service in one stream; lines beyond are lost and counted. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Writes lines in batches, one write after the other in each stream. Never throws: what cannot be written is counted. */
export class LogWriter {
  readonly #group: LogGroup;
  readonly #streams = new Map<string, StreamWriter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(group: LogGroup) {
    this.#group = group;
  }

  write(deploymentId: string, line: LogLine): void {
    const name = streamOf(deploymentId, line);
    const stream = this.#streams.get(name) ?? new StreamWriter(this.#group, name);
    this.#streams.set(name, stream);
    stream.add(line);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MILLISECONDS);
  }

  /** Resolves when everything written before is stored, or lost. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.all([...this.#streams.values()].map((stream) => stream.flush()));
  }

  /** Drops what waits for these streams, after what is being written. */
  async discard(prefix: string): Promise<void> {
    const gone = [...this.#streams].filter(([name]) => name.startsWith(prefix));
    for (const [name] of gone) this.#streams.delete(name);
    await Promise.all(gone.map(([, stream]) => stream.discard()));
  }
}

class StreamWriter {
  readonly #group: LogGroup;
  readonly #name: string;
  #waiting: InputLogEvent[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #whyLost = '';
  #turn: Promise<void> = Promise.resolve();

  constructor(group: LogGroup, name: string) {
    this.#group = group;
    this.#name = name;
  }

  add(line: LogLine): void {
    const { event, bytes } = logEvent(line);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#lose(1, 'they came faster than CloudWatch takes them');
      return;
    }
    this.#waiting.push(event);
    this.#waitingBytes += bytes;
  }

  flush(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#send());
    return this.#turn;
  }

  discard(): Promise<void> {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#lost = 0;
    return this.#turn;
  }

  async #send(): Promise<void> {
    const events = this.#lost > 0 ? [this.#loss(), ...this.#waiting] : this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#lost = 0;
    for (const batch of logBatches(events)) {
      try {
        const refused = await putEvents(this.#group, this.#name, batch);
        if (refused > 0) this.#lose(refused, 'CloudWatch does not keep lines of their time');
      } catch (error) {
        this.#lose(batch.length, awsErrorName(error) ?? String(error));
      }
    }
  }

  #lose(lines: number, why: string): void {
    this.#lost += lines;
    this.#whyLost = why;
  }

  #loss(): InputLogEvent {
    const message = `${this.#lost} lines of this log were lost: ${this.#whyLost}`;
    return { timestamp: this.#waiting[0]?.timestamp ?? Date.now(), message };
  }
}

/** The stream is made when it turns out to be missing. Returns how many events were refused as too old or too new. */
async function putEvents(
  { logs, logGroup: logGroupName }: LogGroup,
  logStreamName: string,
  logEvents: InputLogEvent[],
): Promise<number> {
  const put = () => logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  const what = `write to the log "${logStreamName}"`;
  const answer = await askedUnless(put(), ['ResourceNotFoundException'], what);
  if (answer) return refusedOf(answer, logEvents.length);
  const made = logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  await askedUnless(made, ['ResourceAlreadyExistsException'], what);
  return refusedOf(await asked(put(), what), logEvents.length);
}

const refusedOf = ({ rejectedLogEventsInfo }: PutLogEventsCommandOutput, sent: number): number => {
  const { tooNewLogEventStartIndex, tooOldLogEventEndIndex, expiredLogEventEndIndex } =
    rejectedLogEventsInfo ?? {};
  const tooNew = tooNewLogEventStartIndex === undefined ? 0 : sent - tooNewLogEventStartIndex;
  return tooNew + Math.max(tooOldLogEventEndIndex ?? 0, expiredLogEventEndIndex ?? 0);
};
