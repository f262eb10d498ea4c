/** The processes of the load balancer benchmark; the first argument says which. Each tells its parent when it is ready. */
import { Agent, createServer, request, type Server } from 'node:http';
import { Pool } from 'undici';
import { LoadBalancers } from '../src/adapters/local/load-balancer/load-balancers.ts';
import { openStateDatabase } from '../src/adapters/local/state-database.ts';

export interface Round {
  readonly url: string;
  readonly seconds: number;
  readonly concurrency: number;
}

export interface RoundResult {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

const BODY = Buffer.alloc(1_024, 'x');
const tell = (message: unknown) => process.send?.(message);
const [role, targetPort] = process.argv.slice(2);

if (role === 'target') runTarget();
if (role === 'proxy') runBareProxy(Number(targetPort));
if (role === 'balancer') await runBalancer(Number(targetPort));
if (role === 'load') runLoad();

function runTarget(): void {
  listen(
    createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': BODY.length });
      response.end(BODY);
    }),
  );
}

/** What one would write without a load balancer: the measure. */
function runBareProxy(port: number): void {
  const agent = new Agent({ keepAlive: true });
  listen(
    createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const upstream = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      upstream.on('error', () => outgoing.destroy());
      incoming.pipe(upstream);
    }),
  );
}

async function runBalancer(port: number): Promise<void> {
  const balancers = new LoadBalancers({ database: openStateDatabase(':memory:') });
  const { url } = await balancers.create('bench', {
    listenerPort: null,
    healthCheckPath: '/',
    deregistrationDelaySeconds: 0,
  });
  const balancer = balancers.get('bench');
  balancer.register('blue', [{ id: 'target', host: '127.0.0.1', port }]);
  const group = balancer.group('blue');
  while (!group.hasHealthy) await group.healthChange(group.health, { patienceSeconds: 5 });
  tell(url);
}

function runLoad(): void {
  process.on('message', (round: Round) => void measure(round).then(tell));
  tell('ready');
}

async function measure({ url, seconds, concurrency }: Round): Promise<RoundResult> {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const began = performance.now();
  const ends = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < ends) {
        const sent = performance.now();
        if ((await statusOf(pool)) !== 200) failed += 1;
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const elapsedSeconds = (performance.now() - began) / 1_000;
  await pool.destroy();
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
  return { requestsPerSecond: latencies.length / elapsedSeconds, p50: at(0.5), p99: at(0.99), failed };
}

/** 0 when there was no whole answer. */
function statusOf(pool: Pool): Promise<number> {
  return new Promise((resolve) => {
    let answered = 0;
    pool.dispatch(
      { path: '/', method: 'GET' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => {
          answered = status;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(answered),
        onResponseError: () => resolve(0),
      },
    );
  });
}

function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') tell(`http://127.0.0.1:${address.port}`);
  });
}
