/** The clients of the swap benchmark, in a process of their own. It says `ready`, obeys orders and hands over what it saw. */
import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

export type LoadOrder =
  | { readonly do: 'aim'; readonly url: string }
  /** Streams that take so long, and whole answers that come after so long. */
  | { readonly do: 'stream'; readonly seconds: number; readonly count: number; readonly longSeconds: number }
  /** Answered with what was seen since the last time. */
  | { readonly do: 'report' };

export const KINDS = ['keep-alive', 'new connection', 'upload', 'long', 'WebSocket', 'events'] as const;
export type Kind = (typeof KINDS)[number];

export interface Seen {
  readonly kind: Kind;
  /** Milliseconds of the epoch at which it was sent. */
  readonly at: number;
  readonly milliseconds: number;
  /** What the answer says it comes from; null without an answer. */
  readonly version: string | null;
  /** Null when all is well. */
  readonly failure: string | null;
}

export interface LoadReport {
  readonly seen: readonly Seen[];
  readonly openStreams: number;
}

const KEEP_ALIVE_CLIENTS = 10;
const KEEP_ALIVE_PAUSE_MILLISECONDS = 10;
const NEW_CONNECTION_CLIENTS = 2;
const NEW_CONNECTION_PAUSE_MILLISECONDS = 50;
const UPLOAD_CLIENTS = 2;
const UPLOAD_CHUNKS = 16;
const UPLOAD_CHUNK = Buffer.alloc(16_384, 'x');
const UPLOAD_PAUSE_MILLISECONDS = 30;
const TIMEOUT_MILLISECONDS = 40_000;

const keepAlive = new Agent({ keepAlive: true });
const singleUse = new Agent({ keepAlive: false });
let seen: Seen[] = [];
let openStreams = 0;
let aim: string | undefined;

process.on('message', (order: LoadOrder) => {
  if (order.do === 'aim') start(order.url);
  else if (order.do === 'stream') openMany(order);
  else {
    process.send?.({ seen, openStreams } satisfies LoadReport);
    seen = [];
  }
});
process.send?.('ready');

/** Who asks goes on asking, wherever it is told to ask. */
function start(url: string): void {
  const isFirst = aim === undefined;
  aim = url;
  if (!isFirst) return;
  many(KEEP_ALIVE_CLIENTS, KEEP_ALIVE_PAUSE_MILLISECONDS, () => ask('keep-alive', '/work'));
  many(NEW_CONNECTION_CLIENTS, NEW_CONNECTION_PAUSE_MILLISECONDS, () => ask('new connection', '/work'));
  many(UPLOAD_CLIENTS, UPLOAD_PAUSE_MILLISECONDS, () => ask('upload', '/upload'));
}

function many(clients: number, pauseMilliseconds: number, once: () => Promise<void>): void {
  for (let client = 0; client < clients; client += 1) {
    void (async () => {
      for (;;) {
        await once();
        await sleep(pauseMilliseconds);
      }
    })();
  }
}

function openMany({ seconds, count, longSeconds }: Extract<LoadOrder, { do: 'stream' }>): void {
  for (let index = 0; index < count; index += 1) {
    void stream(() => ask('events', `/events?seconds=${seconds}`));
    void stream(() => openWebSocket(`/socket?seconds=${seconds}`));
    if (longSeconds > 0) void stream(() => ask('long', `/long?seconds=${longSeconds}`));
  }
}

async function stream(open: () => Promise<void>): Promise<void> {
  openStreams += 1;
  await open();
  openStreams -= 1;
}

async function ask(kind: Kind, path: string): Promise<void> {
  const at = Date.now();
  const began = performance.now();
  const { version, failure } = await exchange(kind, new URL(path, aim)).catch((error: Error) => ({
    version: null,
    failure: error.message,
  }));
  seen.push({ kind, at, milliseconds: performance.now() - began, version, failure });
}

const UPLOAD_DIGEST = createHash('sha256')
  .update(Buffer.concat(Array.from({ length: UPLOAD_CHUNKS }, () => UPLOAD_CHUNK)))
  .digest('hex');
/** What the body has to end with to be whole. */
const ENDS: Partial<Record<Kind, string>> = { long: 'done', events: 'data: end\n\n', upload: UPLOAD_DIGEST };

function exchange(kind: Kind, url: URL): Promise<Pick<Seen, 'version' | 'failure'>> {
  return new Promise((resolve, reject) => {
    const agent = kind === 'keep-alive' ? keepAlive : singleUse;
    const method = kind === 'upload' ? 'POST' : 'GET';
    const sent = request(url, { agent, method, timeout: TIMEOUT_MILLISECONDS }, (answer) => {
      void judge(kind, answer).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    if (kind === 'upload') void upload(sent).catch(reject);
    else sent.end();
  });
}

async function upload(sent: ReturnType<typeof request>): Promise<void> {
  for (let chunk = 0; chunk < UPLOAD_CHUNKS && !sent.destroyed; chunk += 1) {
    sent.write(UPLOAD_CHUNK);
    await sleep(UPLOAD_PAUSE_MILLISECONDS);
  }
  sent.end();
}

async function judge(kind: Kind, answer: IncomingMessage): Promise<Pick<Seen, 'version' | 'failure'>> {
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  const version = answer.headers['x-version'];
  const isWhole = body.endsWith(ENDS[kind] ?? '');
  const failure = answer.statusCode === 200 ? (isWhole ? null : 'cut') : `status ${answer.statusCode}`;
  return { version: typeof version === 'string' ? version : null, failure };
}

function openWebSocket(path: string): Promise<void> {
  const at = Date.now();
  const began = performance.now();
  return new Promise((resolve) => {
    const url = new URL(path, aim);
    url.protocol = 'ws:';
    const socket = new WebSocket(url);
    let last = '';
    let reason = 'cut';
    socket.on('message', (data) => {
      last = String(data);
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      const failure = last === 'end' ? null : reason;
      seen.push({ kind: 'WebSocket', at, milliseconds: performance.now() - began, version: null, failure });
      resolve();
    });
  });
}
