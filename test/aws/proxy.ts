import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import pLimit from 'p-limit';
import { type Account, through } from './account.ts';

/** A call to AWS as the proxy sees it. */
export interface ProxiedCall {
  /** Signing name of the service: `cloudformation`, `ec2`, `ssm`, `elasticloadbalancing`, `dynamodb`. */
  readonly service: string;
  /** `DescribeStacks`; for REST services such as S3 the method and path: `PUT /bucket/key`. */
  readonly action: string;
  /** Empty for one of more than a megabyte. */
  readonly body: string;
  /** The call of a function that makes it, as Lambda has the SDK pass it on; undefined for whoever else calls. */
  readonly trace: string | undefined;
}

/** What the emulator has answered. */
export interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * What becomes of a call: `pass` it on; `rewrite` the emulator's answer; answer it here; `lose` the answer after the emulator has executed the call,
 * or all that comes after its first half (`cut`); `refuse` the connection before.
 */
export type Fate =
  | 'pass'
  | 'lose'
  | 'cut'
  | 'refuse'
  | { readonly rewrite: (body: string) => string }
  | { readonly status: number; readonly body: string; readonly contentType?: string };

export interface AwsProxy {
  /** The same account, reached through the proxy. */
  readonly account: Account;
  readonly calls: readonly ProxiedCall[];
  /** Empties `calls`. */
  forget(): void;
  close(): Promise<void>;
}

export type Decide = (call: ProxiedCall) => Fate | Promise<Fate>;

/**
 * Stands between the SDK and the emulator and decides about every call: for faults, and for what the emulator lacks.
 * @param observe sees the answers that are passed on
 */
export async function openProxy(
  account: Account,
  decide: Decide,
  observe?: (call: ProxiedCall, answer: Answered) => void,
): Promise<AwsProxy> {
  const calls: ProxiedCall[] = [];
  const door = { endpoint: account.endpoint, calls, decide, observe };
  const server = createServer((incoming, outgoing) => {
    handle(door, incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Whoever has a connection may use it; one that ends just then would look like a fault.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return {
    account: through(account, `http://127.0.0.1:${address.port}`),
    calls,
    forget: () => void calls.splice(0),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What services answer to a call that comes too soon. Query services read XML, the others JSON. */
export const throttled = ({ service }: ProxiedCall): Fate =>
  QUERY_SERVICES.includes(service)
    ? {
        status: 400,
        body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
        contentType: 'text/xml',
      }
    : service === 'ec2'
      ? {
          status: 503,
          body: '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>',
          contentType: 'text/xml',
        }
      : service === 's3'
        ? {
            status: 503,
            body: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
            contentType: 'application/xml',
          }
        : {
            // CloudWatch speaks a binary protocol, in which only the status can be said here.
            status: service === 'monitoring' ? 429 : 400,
            body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }),
            contentType: 'application/x-amz-json-1.1',
          };

const QUERY_SERVICES = ['cloudformation', 'autoscaling', 'elasticloadbalancing', 'rds', 'sts', 'iam', 'sns'];

/** DynamoDB executes every write as a whole; the emulator answers each call in a thread of its own, and does not. */
const oneWrite = pLimit(1);

interface Door {
  readonly endpoint: string;
  readonly calls: ProxiedCall[];
  readonly decide: Decide;
  readonly observe: ((call: ProxiedCall, answer: Answered) => void) | undefined;
}

async function handle(door: Door, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const call = callOf(incoming, body);
  door.calls.push(call);
  const fate = await door.decide(call);
  if (fate === 'refuse') return void incoming.socket.destroy();
  if (typeof fate === 'object' && 'status' in fate) {
    outgoing.writeHead(fate.status, {
      'content-type': fate.contentType ?? 'application/x-amz-json-1.1',
      'x-amzn-errortype': '',
    });
    return void outgoing.end(fate.body);
  }
  const executed = () => forward(door.endpoint, incoming, body);
  const answer = await (call.service === 'dynamodb' ? oneWrite(executed) : executed());
  if (fate === 'lose') {
    answer.resume();
    await once(answer, 'end');
    return void incoming.socket.destroy();
  }
  if (fate === 'pass' && !door.observe) {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    return void answer.pipe(outgoing);
  }
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  if (fate === 'cut') return cutShort(answer, Buffer.concat(parts), outgoing);
  passOn(door, call, { answer, contents: Buffer.concat(parts), fate }, outgoing);
}

/** The answer as it is or rewritten. */
function passOn(
  { observe }: Door,
  call: ProxiedCall,
  given: {
    readonly answer: IncomingMessage;
    readonly contents: Buffer;
    readonly fate: 'pass' | { readonly rewrite: (body: string) => string };
  },
  outgoing: ServerResponse,
): void {
  const { answer, contents, fate } = given;
  const status = answer.statusCode ?? 502;
  const { 'content-length': _, ...headers } = answer.headers;
  const body = fate === 'pass' ? contents : Buffer.from(fate.rewrite(contents.toString()));
  observe?.(call, { status, contentType: answer.headers['content-type'] ?? '', body: body.toString() });
  outgoing.writeHead(status, fate === 'pass' ? answer.headers : headers);
  outgoing.end(body);
}

/** The connection ends in the middle of the answer. */
function cutShort(answer: IncomingMessage, contents: Buffer, outgoing: ServerResponse): void {
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': contents.length });
  const half = contents.subarray(0, Math.floor(contents.length / 2));
  if (half.length === 0) return void outgoing.destroy();
  outgoing.write(half, () => outgoing.destroy());
}

/** More than any call but an upload has, by which nothing is decided. */
const LONGEST_TEXT_BYTES = 1_000_000;

function callOf(incoming: IncomingMessage, body: Buffer): ProxiedCall {
  const service =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? 's3';
  const target = incoming.headers['x-amz-target'];
  const text = body.length > LONGEST_TEXT_BYTES ? '' : body.toString('latin1');
  const action =
    typeof target === 'string'
      ? (target.split('.').at(-1) ?? target)
      : (/(?:^|&)Action=(\w+)/.exec(text)?.[1] ?? `${incoming.method} ${incoming.url}`);
  const trace = incoming.headers['x-amzn-trace-id'];
  return { service, action, body: text, trace: typeof trace === 'string' ? trace : undefined };
}

async function forward(endpoint: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { hostname, port } = new URL(endpoint);
  const onward = request({
    hostname,
    port,
    method: incoming.method,
    path: incoming.url,
    headers: incoming.headers,
  });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return answer;
}
