import { afterEach, describe, expect, test } from '@jest/globals';
import { errorDocument } from '../../../../src/contracts/deployment.ts';
import type { ReleaseView } from '../../../../src/contracts/releases.ts';
import { deployment, event, execution, STARTED } from '../../../fixtures/cli/documents.ts';
import { type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

const release = (number: number, change: Partial<ReleaseView> = {}): ReleaseView => ({
  number,
  commit: `${number}`.repeat(40),
  subject: `change \u001b[31m${number}`,
  artifact: `sha256-${`${number}`.repeat(64)}`,
  artifactKept: true,
  createdAt: '2026-01-02T12:00:00.000Z',
  actor: 'ada@here',
  workflow: 'update',
  executionId: `update-${number}`,
  mark: null,
  warmUntil: null,
  freezes: false,
  rollbackRefused: null,
  ...change,
});

const LIVE = release(3, { mark: 'live', rollbackRefused: 'it is live', freezes: true });
const PREVIOUS = release(2, { mark: 'previous' });
const FAILED = release(4, { mark: 'never-live', rollbackRefused: 'it was never live' });
const GONE = release(1, { artifactKept: false, rollbackRefused: 'its artifact is not kept any more' });
const COMPARISON = {
  from: LIVE,
  to: PREVIOUS,
  changes: [
    { area: 'environment', what: 'TOKEN', before: 'set', after: null },
    { area: 'dependencies', what: 'express', before: '5.1.0', after: '5.0.0' },
  ],
  notes: ['the artifact of release 1 is not kept'],
};
const DRIFT = {
  kind: 'weights-changed',
  resource: 'shop-abc234-load-balancer',
  recorded: 'blue 100',
  seen: 'blue 0, green 100',
  mending: 'shift',
  advice: 'all traffic goes to blue',
};

async function start(change: FakeRoutes = {}) {
  const home = await temporaryHome();
  const server = await FakeServer.start(home, {
    'GET /v1/deployments/shop': { body: { deployment: deployment() } },
    'GET /v1/deployments/shop-abc234': { body: { deployment: deployment() } },
    'GET /v1/deployments/shop/releases': { body: { releases: [FAILED, LIVE, PREVIOUS, GONE] } },
    'GET /v1/deployments/shop/diff': { body: COMPARISON },
    'GET /v1/deployments/shop/rollback': { body: { from: 3, to: 2, warm: false } },
    'POST /v1/deployments/shop/rollback': { status: 202, body: STARTED },
    'GET /v1/executions/exec-1/events': { lines: [event(1, 'execution.finished')] },
    'GET /v1/executions/exec-1': { body: { execution: execution({ workflow: 'rollback' }) } },
    ...change,
  });
  servers.push(server);
  return { home, server };
}

const orders = (server: FakeServer) =>
  server.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

describe('hivemind releases and diff', () => {
  test('marks what is live, frozen and gone, and passes no control character on', async () => {
    const { home } = await start();
    const session = new TestSession({ home });
    expect(await session.run('releases', 'shop')).toBe(0);
    expect(session.stdout.text).toMatch(/^3 +live .* its migration freezes it$/m);
    expect(session.stdout.text).toMatch(/^2 +previous .* possible$/m);
    expect(session.stdout.text).toMatch(/^4 +never live .* it was never live$/m);
    expect(session.stdout.text).toMatch(/^1 .*\(gone\).* its artifact is not kept any more$/m);
    expect(session.stdout.text).not.toContain('\u001b[31m');
  });

  test('shows the areas that differ, and what could not be compared', async () => {
    const { home, server } = await start();
    const session = new TestSession({ home });
    expect(await session.run('diff', 'shop', '3', '2')).toBe(0);
    expect(server.seen.at(-1)?.path).toBe('/v1/deployments/shop/diff?from=3&to=2');
    expect(session.stdout.text).toContain('environment\n  - TOKEN set');
    expect(session.stdout.text).toContain('dependencies\n  ~ express 5.1.0 → 5.0.0');
    expect(session.stdout.text).toContain('! the artifact of release 1 is not kept');
  });
});

describe('hivemind rollback', () => {
  test('shows what changes and goes on where nobody can be asked', async () => {
    const { home, server } = await start();
    const session = new TestSession({ home });
    expect(await session.run('rollback', 'shop')).toBe(0);
    expect(session.stderr.text).toContain('- TOKEN set');
    expect(session.stderr.text).toContain('back from release 3 to release 2');
    expect(orders(server)).toEqual(['POST /v1/deployments/shop/rollback']);
  });

  test.each([[false], [true]])('announces nothing that is refused, in a terminal: %s', async (terminal) => {
    const error = { code: 'NotLive', message: 'release 2 of "shop" was never live', hint: 'choose another' };
    const { home, server } = await start({
      'GET /v1/deployments/shop/rollback': { status: 409, body: { error } },
    });
    const session = new TestSession({ home, terminal });
    expect(await session.run('rollback', 'shop', '--to', '2', '--despite-migrations')).toBe(5);
    expect(session.stderr.text).toContain('was never live');
    expect(session.stderr.text).not.toMatch(/back from|Roll shop back|TOKEN/);
    expect(server.seen[0]?.path).toBe('/v1/deployments/shop/rollback?toRelease=2&despiteMigrations=true');
    expect(orders(server)).toEqual([]);
  });

  test('says what goes when nothing was ever live', async () => {
    const { home } = await start({
      'GET /v1/deployments/shop/rollback': { body: { from: null, to: null, warm: false } },
    });
    const session = new TestSession({ home });
    expect(await session.run('rollback', 'shop')).toBe(0);
    expect(session.stderr.text).toContain('it was never live: what its first deploy has left is removed');
  });

  test.each([
    ['y', 1],
    ['n', 0],
  ])('asks in a terminal: %s', async (answer, count) => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('rollback', 'shop');
    await waitFor(() => session.stderr.text.includes('Roll shop back?'));
    expect(session.stderr.text).toContain('back from release 3 to release 2');
    expect(orders(server)).toEqual([]);
    session.stdin.write(answer);
    expect(await running).toBe(0);
    expect(orders(server)).toHaveLength(count);
  });

  test.each([['\u0003'], ['\u0004']])('takes no answer (%j) for no yes', async (typed) => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('rollback', 'shop');
    await waitFor(() => session.stderr.text.includes('Roll shop back?'));
    session.stdin.write(typed);
    expect(await running).toBe(2);
    expect(session.stderr.text).toContain('the question was not answered, and nothing was changed');
    expect(orders(server)).toEqual([]);
  });

  test('does not ask with --yes', async () => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal: true });
    expect(await session.run('rollback', 'shop', '--yes')).toBe(0);
    expect(orders(server)).toHaveLength(1);
  });
});

describe('hivemind reconcile', () => {
  const routes = (outcome: object): FakeRoutes => ({
    'GET /v1/deployments/shop/drift': { body: { drift: [DRIFT] } },
    'POST /v1/deployments/shop/reconcile': { status: 202, body: outcome },
  });

  test('shows the drift and changes nothing without a yes', async () => {
    const { home, server } = await start(routes({}));
    const session = new TestSession({ home });
    expect(await session.run('reconcile', 'shop')).toBe(2);
    expect(session.stderr.text).toContain('blue 0, green 100 (recorded: blue 100)');
    expect(session.stderr.text).toContain('ConfirmationRequired');
    expect(orders(server)).toEqual([]);
  });

  test('--json without a yes has the drift in the document', async () => {
    const { home, server } = await start(routes({}));
    const session = new TestSession({ home });
    expect(await session.run('reconcile', 'shop', '--json')).toBe(2);
    expect(JSON.parse(session.stdout.text)).toEqual({ mended: [], left: [DRIFT], started: null });
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe('ConfirmationRequired');
    expect(orders(server)).toEqual([]);
  });

  test('mends with --yes and says what it mended', async () => {
    const { home } = await start(routes({ mended: [DRIFT], left: [], started: null }));
    const session = new TestSession({ home });
    expect(await session.run('reconcile', 'shop', '--yes')).toBe(0);
    expect(session.stdout.text).toContain('✓ shop-abc234-load-balancer: blue 100');
  });

  test('waits for the workflow that mends the rest', async () => {
    const { home, server } = await start(routes({ mended: [], left: [], started: STARTED }));
    const session = new TestSession({ home });
    expect(await session.run('reconcile', 'shop', '--yes')).toBe(0);
    expect(server.seen.map(({ path }) => path)).toContain('/v1/executions/exec-1');
    expect(session.stdout.text).toContain('set up again');
  });

  test('fails with what only the operator can mend', async () => {
    const stuck = { ...DRIFT, kind: 'stack-failed', mending: 'by-hand', advice: 'continue the update' };
    const { home } = await start(routes({ mended: [], left: [stuck], started: null }));
    const session = new TestSession({ home });
    expect(await session.run('reconcile', 'shop', '--yes', '--json')).toBe(1);
    const { error } = errorDocument.parse(JSON.parse(session.stderr.text));
    expect(error).toMatchObject({ code: 'ResourcesLeft', hint: 'continue the update' });
    expect(JSON.parse(session.stdout.text)).toMatchObject({ left: [{ kind: 'stack-failed' }] });
  });
});

describe('hivemind find-orphans', () => {
  const orphan = {
    type: 'process',
    id: '4711',
    deploymentId: null,
    since: '2026-01-02T12:00:00.000Z',
    verdict: 'orphan',
    reason: 'no record knows it',
  };
  const routes: FakeRoutes = {
    'GET /v1/orphans': { body: { orphans: [orphan], monthlyUsd: 7 } },
    'DELETE /v1/orphans': {
      body: { removed: [], left: [{ type: 'process', id: '4711', why: 'not ours', how: 'ask root' }] },
    },
  };

  test('removes nothing by default, and says what it costs', async () => {
    const { home, server } = await start(routes);
    const session = new TestSession({ home });
    expect(await session.run('find-orphans')).toBe(0);
    expect(server.seen.at(-1)?.path).toBe('/v1/orphans?olderThanSeconds=86400');
    expect(session.stdout.text).toContain('1 orphan, about $7.00 a month');
    expect(session.stderr.text).toContain('nothing was removed');
    expect(orders(server)).toEqual([]);
  });

  test('fails with what is left and how to remove it', async () => {
    const { home, server } = await start(routes);
    const session = new TestSession({ home });
    expect(await session.run('find-orphans', '--older-than', '7d', '--delete', '--yes')).toBe(1);
    expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toEqual({ olderThanSeconds: 604_800 });
    expect(session.stderr.text).toContain('still there: process 4711 (not ours)');
    expect(session.stderr.text).toContain('ask root');
  });
});
