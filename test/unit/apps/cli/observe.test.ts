import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import { historyDocument, logsDocument, reportDocument } from '../../../../src/contracts/api.ts';
import {
  deploymentDocument,
  deploymentListDocument,
  errorDocument,
} from '../../../../src/contracts/deployment.ts';
import { DEPLOY_EVENTS, deployment, event, failedDeployment } from '../../../fixtures/cli/documents.ts';
import { type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

async function start(routes: FakeRoutes): Promise<{ home: Home; server: FakeServer }> {
  const home = await temporaryHome();
  const server = await FakeServer.start(home, routes);
  servers.push(server);
  return { home, server };
}

const LINES = [
  {
    time: '2025-01-02T12:00:01.000Z',
    source: 'instance',
    name: 'shop-1',
    text: 'ready \u001b]0;title\u0007now',
  },
  { time: '2025-01-02T12:00:02.000Z', source: 'instance', name: 'shop-1', text: 'GET /' },
];
const METRICS = {
  windowSeconds: 300,
  requests: 20,
  responses: { '2xx': 19, '3xx': 0, '4xx': 1, '5xx': 0 },
  latencyMilliseconds: { p50: 2.5, p90: 8, p99: 40 },
  openConnections: 3,
  instances: [{ id: 'shop-1', state: 'healthy', cpuPercent: 1.4, memoryBytes: 52_428_800, restarts: 0 }],
};
const COSTS = { monthlyUsd: 0, items: [], note: 'it runs on this machine' };
const REPORT =
  '# shop: ACTIVE\n\n| Field | Value |\n| --- | --- |\n| start | `a \\| b` |\n\n- **Address:** x\\_y\n';

const detailRoutes: FakeRoutes = {
  'GET /v1/deployments': { body: { deployments: [deployment()] } },
  'GET /v1/deployments/shop': { body: { deployment: deployment() } },
  'GET /v1/deployments/shop/logs': { body: { lines: LINES } },
  'GET /v1/deployments/shop/metrics': { body: { metrics: METRICS } },
  'GET /v1/deployments/shop/costs': { body: { costs: COSTS } },
  'GET /v1/deployments/shop/report': { body: { report: REPORT } },
  'GET /v1/deployments/shop/history': ({ path }) => ({
    body: { events: path.endsWith('after=0') ? DEPLOY_EVENTS : [] },
  }),
};

describe('hivemind status', () => {
  test('shows state, address, release, stages and verification', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop')).toBe(0);
    expect(session.stdout.text).toContain('shop  ACTIVE  http://127.0.0.1:8100');
    expect(session.stdout.text).toContain('release   2 · commit 0123456789 · sha256-fedcba987654');
    expect(session.stdout.text).toMatch(/✓ Recon +0\.4 s {2}reading the repository: Node 22, npm/);
    expect(session.stdout.text).toMatch(/✓ Compiler +reused {2}building the artifact/);
    expect(session.stderr.text).toBe('');
  });

  test('finds the only deployment without a name', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('status', '--json')).toBe(0);
    expect(deploymentDocument.parse(JSON.parse(session.stdout.text)).deployment).toEqual(deployment());
  });

  test('fails with the names when one is needed', async () => {
    const deployments = [deployment(), deployment({ name: 'blog' })];
    const { home } = await start({ 'GET /v1/deployments': { body: { deployments } } });
    const session = new TestSession({ home });
    expect(await session.run('status')).toBe(2);
    expect(session.stderr.text).toContain('shop, blog');
  });

  test('shows a failure with its log and what to do', async () => {
    const { home } = await start({
      'GET /v1/deployments/shop': { body: { deployment: failedDeployment() } },
    });
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop')).toBe(0);
    expect(session.stdout.text).toContain(
      'npm run build exited with 1 (BuildFailed while building the artifact',
    );
    expect(session.stdout.text).toContain('│ second\\u0007 line');
    expect(session.stdout.text).toContain('to do: correct the build script');
    expect(session.stdout.text).not.toContain('\u001b');
  });

  test('adds the details that are asked for', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    const details = ['--show-logs', '--show-metrics', '--show-costs', '--show-traces', '--report'];
    expect(await session.run('status', 'shop', ...details)).toBe(0);
    expect(session.stdout.text).toContain('shop-1 | ready now');
    expect(session.stdout.text).toContain('20 in the last 5 min (2xx 19, 3xx 0, 4xx 1, 5xx 0)');
    expect(session.stdout.text).toContain('p50 2.5 ms, p90 8.0 ms, p99 40 ms');
    expect(session.stdout.text).toContain('$0.00 a month: it runs on this machine');
    expect(session.stdout.text).toMatch(/Compiler +build +█+ +1\.5 s/);
    expect(session.stdout.text).toContain(REPORT.trim());
    const json = new TestSession({ home });
    expect(await json.run('status', 'shop', '--json', ...details)).toBe(0);
    const document = JSON.parse(json.stdout.text);
    expect(Object.keys(document)).toEqual(['deployment', 'lines', 'metrics', 'costs', 'traces', 'report']);
    expect(document.traces).toContainEqual(
      expect.objectContaining({ stage: 'build', startSeconds: 4, seconds: 1.5, state: 'done' }),
    );
  });

  test('shows a dashboard in sections', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop', '--show-dashboard')).toBe(0);
    const headings = session.stdout.text.split('\n').filter((line) => /^[a-z][a-z ]*$/.test(line));
    expect(headings).toEqual(['shop', 'overview', 'instances', 'load balancer', 'traces', 'logs', 'costs']);
    expect(session.stdout.text).toContain('shop-1  healthy  CPU 1 %  50 MB  0 restarts');
  });

  test('fails with not found where nothing was deployed', async () => {
    const home = await temporaryHome();
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop', '--json')).toBe(4);
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe('DeploymentNotFound');
  });

  test.each([['..'], ['../server/stop'], ['Shop!']])('fails with %j, which is no name', async (name) => {
    const { home, server } = await start(detailRoutes);
    expect(await new TestSession({ home }).run('status', name)).toBe(2);
    expect(server.seen).toEqual([]);
  });

  test('fails with the answer of another version', async () => {
    const { home } = await start({ 'GET /v1/deployments/shop': { body: { deployment: { name: 'shop' } } } });
    const session = new TestSession({ home, environment: { HIVEMIND_DEBUG: '1' } });
    expect(await session.run('status', 'shop')).toBe(1);
    expect(session.stderr.text).toContain('not what this command line understands');
    expect(session.stderr.text).toContain('hivemind serve --stop');
    expect(session.stderr.text).toMatch(/^ {4}at /m);
  });

  test('fails with the reason of a wrong token', async () => {
    const error = { code: 'NotSignedIn', message: 'no token', hint: 'use yours' };
    const { home } = await start({ 'GET /v1/deployments/shop': { status: 401, body: { error } } });
    expect(await new TestSession({ home }).run('status', 'shop')).toBe(3);
  });
});

describe('hivemind list', () => {
  test('prints one line a deployment', async () => {
    const deployments = [deployment(), { ...failedDeployment(), name: 'blog' }];
    const { home, server } = await start({ 'GET /v1/deployments': { body: { deployments } } });
    const session = new TestSession({ home });
    expect(await session.run('list', '--all')).toBe(0);
    const lines = session.stdout.text.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^NAME +STATUS +STAGE +TARGET +RELEASE +ADDRESS +CHANGED$/);
    expect(lines[2]).toMatch(/^blog +FAILED +production +local +- +- +2025/);
    expect(server.seen[0]?.path).toBe('/v1/deployments?all=true');
  });

  test('answers from emptiness without starting a server', async () => {
    const home = await temporaryHome();
    const session = new TestSession({ home });
    expect(await session.run('list', '--json')).toBe(0);
    expect(deploymentListDocument.parse(JSON.parse(session.stdout.text))).toEqual({ deployments: [] });
    expect(await session.run('names')).toBe(0);
  });

  test('starts a server where there is state', async () => {
    const home = await temporaryHome();
    await writeFile(home.stateFile, '');
    await writeFile(
      `${home.root}/routes.json`,
      JSON.stringify({ 'GET /v1/deployments': { body: { deployments: [] } } }),
    );
    expect(await new TestSession({ home }).run('list')).toBe(0);
    expect(await new TestSession({ home }).run('serve', '--stop', '--json')).toBe(0);
  });

  test('ignores the file of a server that is gone', async () => {
    const home = await temporaryHome();
    await writeFile(home.serverFile, '{"pid":1,"url":"http://127.0.0.1:9","version":"0","startedAt":"x"}');
    expect(await new TestSession({ home }).run('list')).toBe(0);
    await writeFile(home.serverFile, 'half a docum');
    expect(await new TestSession({ home }).run('list')).toBe(0);
  });
});

describe('hivemind logs', () => {
  test('prints the lines of the application, made harmless', async () => {
    const { home, server } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('logs', 'shop', '--tail', '5')).toBe(0);
    expect(session.stdout.text).toMatch(
      /^\d\d:\d\d:01 shop-1 \| ready now\n\d\d:\d\d:02 shop-1 \| GET \/\n$/,
    );
    expect(server.seen[0]?.path).toBe('/v1/deployments/shop/logs?sources=instance&tail=5');
  });

  test.each([
    [['--build'], 'sources=build&tail=100'],
    [['--agent', 'deployer'], 'sources=agent&tail=100&name=deployer'],
  ])('asks for other sources with %j', async (argv, query) => {
    const { home, server } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('logs', 'shop', '--json', ...argv)).toBe(0);
    expect(server.seen[0]?.path).toBe(`/v1/deployments/shop/logs?${query}`);
    expect(logsDocument.parse(JSON.parse(session.stdout.text)).lines).toHaveLength(2);
  });

  test('follows new lines until Ctrl-C', async () => {
    const { home, server } = await start({
      ...detailRoutes,
      'GET /v1/deployments/shop/logs': { lines: LINES, after: 'hold' },
    });
    const session = new TestSession({ home });
    const running = session.run('logs', 'shop', '-f', '--json');
    await waitFor(() => session.stdout.text.includes('GET /'));
    server.emit('/v1/deployments/shop/logs', {
      ...LINES[1],
      time: '2025-01-02T12:00:03.000Z',
      text: 'later',
    });
    await waitFor(() => session.stdout.text.includes('later'));
    session.interrupt();
    expect(await running).toBe(0);
    expect(
      session.stdout.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).text),
    ).toHaveLength(3);
  });

  test('fails with an agent that does not exist', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    expect(await session.run('logs', 'shop', '--agent', 'nobody')).toBe(2);
    expect(session.stderr.text).toContain('compiler');
    expect(await session.run('logs', 'shop', '--agent', 'qa', '--build')).toBe(2);
  });
});

describe('hivemind history', () => {
  test('reads all pages, oldest first', async () => {
    const pages = [
      DEPLOY_EVENTS.slice(0, 3),
      [event(4, 'decision', { message: 'port 8100\u001b[0m', actor: 'recon' })],
      [],
    ];
    const { home } = await start({
      'GET /v1/deployments/shop/history': () => ({ body: { events: pages.shift() } }),
    });
    const session = new TestSession({ home });
    expect(await session.run('history', 'shop')).toBe(0);
    const lines = session.stdout.text.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/decision +recon +port 8100$/);
  });

  test('prints the document of the contract', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('history', 'shop', '--json')).toBe(0);
    expect(historyDocument.parse(JSON.parse(session.stdout.text)).events).toHaveLength(DEPLOY_EVENTS.length);
  });
});

describe('hivemind report', () => {
  test('prints plain Markdown into a pipe', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home });
    expect(await session.run('report', 'shop')).toBe(0);
    expect(session.stdout.text).toBe(REPORT);
    const json = new TestSession({ home });
    expect(await json.run('report', 'shop', '--json')).toBe(0);
    expect(reportDocument.parse(JSON.parse(json.stdout.text)).report).toBe(REPORT);
  });

  test('renders it on a terminal', async () => {
    const { home } = await start(detailRoutes);
    const session = new TestSession({ home, terminal: true });
    expect(await session.run('report', 'shop')).toBe(0);
    expect(session.stdout.text).toContain('\u001b[1mshop: ACTIVE');
    expect(session.stdout.text).toContain('a | b');
    expect(session.stdout.text).toContain('x_y');
    expect(session.stdout.text).not.toContain('---');
  });
});
