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
}

/**
 * What becomes of a call: `pass` it on; `rewrite` the emulator's answer; answer it here; `lose` the answer after the emulator has executed the call;
 * `refuse` the connection before.
 */
export type Fate =
  | 'pass'
  | 'lose'
  | 'refuse'
  | { readonly rewrite: (body: string) => string }
  | { readonly status: number; readonly body: string; readonly contentType?: string };

export interface AwsProxy {
  /** The same account, reached through the proxy. */
  readonly account: Account;
  readonly calls: readonly ProxiedCall[];
  close(): Promise<void>;
}

/** Stands between the SDK and the emulator and decides about every call: for faults, and for what the emulator lacks. */
export async function openProxy(
  account: Account,
  decide: (call: ProxiedCall) => Fate | Promise<Fate>,
): Promise<AwsProxy> {
  const calls: ProxiedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    handle(account.endpoint, incoming, outgoing, calls, decide).catch(() => outgoing.destroy());
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

async function handle(
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  calls: ProxiedCall[],
  decide: (call: ProxiedCall) => Fate | Promise<Fate>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const call = callOf(incoming, body);
  calls.push(call);
  const fate = await decide(call);
  if (fate === 'refuse') return void incoming.socket.destroy();
  if (typeof fate === 'object' && 'status' in fate) {
    outgoing.writeHead(fate.status, {
      'content-type': fate.contentType ?? 'application/x-amz-json-1.1',
      'x-amzn-errortype': '',
    });
    return void outgoing.end(fate.body);
  }
  const executed = () => forward(endpoint, incoming, body);
  const answer = await (call.service === 'dynamodb' ? oneWrite(executed) : executed());
  if (fate === 'lose') {
    answer.resume();
    await once(answer, 'end');
    return void incoming.socket.destroy();
  }
  if (typeof fate === 'object') {
    const { 'content-length': _, ...headers } = answer.headers;
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part);
    outgoing.writeHead(answer.statusCode ?? 502, headers);
    return void outgoing.end(fate.rewrite(Buffer.concat(parts).toString()));
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(outgoing);
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
  return { service, action, body: text };
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
