import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HiveMindError } from '../../src/domain/errors.ts';

/** A build that cannot say how it ended is lost: with one answer of five throttled, four attempts fail once in 600 transfers, eight once in 400,000. */
const ATTEMPTS = 8;
const PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 8_000;
const IDLE_MILLISECONDS = 60_000;

/** The whole of a small object. @throws {HiveMindError} AwsUnavailable */
export async function fetched(url: string, what: string): Promise<Buffer> {
  return repeated(`fetch ${what}`, async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of await answerOf(url, 'GET', what)) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
}

/** A program whose checksum is known. @throws {HiveMindError} AwsUnavailable */
export async function fetchedProgram({ url, sha256 }: { readonly url: string; readonly sha256: string }) {
  const bytes = await fetched(url, 'the instance program');
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw unavailable('fetch the instance program', new Error('it has another checksum'));
}

/** An object as it comes. @throws {HiveMindError} SourceNotFound, AwsUnavailable */
export const downloaded = (url: string, what: string): Promise<IncomingMessage> =>
  repeated(`fetch ${what}`, () => answerOf(url, 'GET', what));

export async function uploadFile(url: string, file: string, what: string): Promise<void> {
  const { size } = await stat(file);
  await repeated(`store ${what}`, async () => {
    (await answerOf(url, 'PUT', what, { size, body: () => createReadStream(file) })).resume();
  });
}

export async function upload(url: string, contents: string, what: string): Promise<void> {
  const bytes = Buffer.from(contents);
  await repeated(`store ${what}`, async () => {
    (await answerOf(url, 'PUT', what, { size: bytes.length, body: () => [bytes] })).resume();
  });
}

interface Contents {
  readonly size: number;
  readonly body: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

async function answerOf(
  url: string,
  method: string,
  what: string,
  contents?: Contents,
): Promise<IncomingMessage> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = contents ? { 'content-length': contents.size } : {};
  const outgoing = send(url, { method, headers });
  outgoing.setTimeout(IDLE_MILLISECONDS, () => outgoing.destroy(new Error('nothing comes any more')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  const sent = contents ? pipeline(contents.body(), outgoing) : outgoing.end();
  const [answer] = await Promise.all([answered, sent]);
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return answer;
  answer.resume();
  if (status === 404) {
    throw new HiveMindError('SourceNotFound', `${what} is not stored any more`, {
      hint: 'deploy the source again: it is then fetched anew',
    });
  }
  throw new UnexpectedStatus(status);
}

class UnexpectedStatus extends Error {
  /** A signature that is refused, or no longer valid, is refused again. S3 says 400 of an upload that was too slow. */
  readonly isFinal: boolean;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.isFinal = status === 401 || status === 403;
  }
}

async function repeated<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof HiveMindError) throw error;
      const isFinal = error instanceof UnexpectedStatus && error.isFinal;
      if (isFinal || number === ATTEMPTS) throw unavailable(what, error);
      await sleep(Math.min(PAUSE_MILLISECONDS * 2 ** number, LONGEST_PAUSE_MILLISECONDS) * Math.random());
    }
  }
}

/** No address in the message: whoever has one may read or write what it names. */
const unavailable = (what: string, cause: unknown): HiveMindError =>
  new HiveMindError(
    'AwsUnavailable',
    `could not ${what}: ${cause instanceof Error ? cause.message : cause}`,
    {
      hint: 'run the command again: finished stages are not repeated',
      cause,
    },
  );
