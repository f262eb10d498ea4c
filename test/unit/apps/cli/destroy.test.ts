import { afterEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import { removedDocument } from '../../../../src/contracts/api.ts';
import { errorDocument } from '../../../../src/contracts/deployment.ts';
import { deployment, event, execution, FAILURE, STARTED } from '../../../fixtures/cli/documents.ts';
import { type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

const REMOVED = {
  removed: [
    { type: 'compute stack', id: 'shop-abc234-blue', result: 'removed' },
    { type: 'database stack', id: 'shop-abc234-database', result: 'removed' },
  ],
  kept: [{ type: 'snapshot', id: 'shop-abc234-20250102.dump' }],
};

const REMOVAL = {
  resources: [
    { type: 'stack', id: 'shop-abc234-database' },
    { type: 'process', id: '4711' },
  ],
  savings: { monthlyUsd: 12.5, items: [], note: 'list prices' },
  issues: [{ issue: 'BuildFailed: exit 1', times: 2, advice: 'build in a clean clone' }],
};

async function start(change: FakeRoutes = {}): Promise<{ home: Home; server: FakeServer }> {
  const home = await temporaryHome();
  const server = await FakeServer.start(home, {
    'GET /v1/deployments/shop': { body: { deployment: deployment() } },
    'GET /v1/deployments/shop/removal': { body: REMOVAL },
    'DELETE /v1/deployments/shop': { status: 202, body: STARTED },
    'GET /v1/executions/exec-1/events': {
      lines: [
        event(1, 'resource.removed', { message: 'instance shop-1 stopped' }),
        event(2, 'execution.finished'),
      ],
    },
    'GET /v1/executions/exec-1': { body: { execution: execution({ workflow: 'destroy' }) } },
    'GET /v1/executions/exec-1/removed': { body: REMOVED },
    ...change,
  });
  servers.push(server);
  return { home, server };
}

const wasRemoved = (server: FakeServer): boolean => server.seen.some(({ method }) => method === 'DELETE');

describe('hivemind destroy', () => {
  test('says what was removed and what was kept', async () => {
    const { home, server } = await start();
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop', '--no-snapshot')).toBe(0);
    const request = server.seen.find(({ method }) => method === 'DELETE');
    expect(JSON.parse(request?.body ?? '')).toEqual({ confirm: 'shop', snapshot: false });
    expect(session.stderr.text).toContain('removed      instance shop-1 stopped');
    expect(session.stdout.text).toContain('- compute stack shop-abc234-blue: removed\n- database stack');
    expect(session.stdout.text).toContain('kept: snapshot shop-abc234-20250102.dump');
    expect(session.stdout.text).toContain('✓ shop is destroyed');
  });

  test('prints the document of the contract', async () => {
    const { home } = await start();
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop', '--json')).toBe(0);
    expect(removedDocument.parse(JSON.parse(session.stdout.text))).toEqual(REMOVED);
    expect(session.stderr.text).toBe('');
  });

  test('returns at once with --no-wait', async () => {
    const { home } = await start();
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop', '--no-wait', '--json')).toBe(0);
    expect(JSON.parse(session.stdout.text)).toEqual(STARTED);
  });

  test('says so when it is already gone', async () => {
    const { home, server } = await start({
      'GET /v1/deployments/shop': { body: { deployment: deployment({ status: 'DESTROYED', url: null }) } },
    });
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop')).toBe(0);
    expect(session.stdout.text).toBe('shop is already destroyed\n');
    expect(wasRemoved(server)).toBe(false);
  });

  test('asks for the name on a terminal', async () => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('destroy', 'shop', '--yes');
    await waitFor(() => session.stderr.text.includes('Type shop to remove it'));
    expect(session.stderr.text).toContain('$12.50 a month: list prices');
    expect(session.stderr.text).toContain('stack shop-abc234-database');
    expect(session.stderr.text).toContain('BuildFailed: exit 1 (2 times)');
    expect(session.stderr.text).toContain('next time: build in a clean clone');
    expect(wasRemoved(server)).toBe(false);
    session.stdin.write('shop\r');
    expect(await running).toBe(0);
    expect(wasRemoved(server)).toBe(true);
  });

  test('shows before it asks what a model says, and that a model says it', async () => {
    const said = { text: 'it waits for \u001b[31mits database', confidence: 0.72, model: 'bedrock:m' };
    const [issue] = REMOVAL.issues;
    const explained = {
      ...REMOVAL,
      issues: [{ ...issue, explanation: { ...said, advice: 'commit a lock file' } }],
      life: { ...said, text: 'slow all its life' },
    };
    const { home } = await start({
      'GET /v1/deployments/shop/removal?explain=true': { body: explained },
    });
    const session = new TestSession({ home, terminal: true });
    const running = session.run('destroy', 'shop');
    await waitFor(() => session.stderr.text.includes('Type shop to remove it'));
    expect(session.stderr.text).toContain('a model says (72 % sure, bedrock:m): "it waits for its database"');
    expect(session.stderr.text).toContain('of our advices it takes: commit a lock file');
    expect(session.stderr.text).toContain(
      'as a whole, a model says (72 % sure, bedrock:m): "slow all its life"',
    );
    session.stdin.write('\u0003');
    await running;
  });

  test('asks no model where nobody reads what it would say', async () => {
    const failure = { ...FAILURE, code: 'ResourcesLeft' as const, message: 'it cannot be ended' };
    const { home, server } = await start({
      'GET /v1/deployments/shop-abc234/removal': { body: REMOVAL },
      'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'FAILED', failure }) } },
    });
    await new TestSession({ home }).run('destroy', 'shop', '--confirm', 'shop', '--yes', '--json');
    const asked = server.seen.map(({ path }) => path).filter((path) => path.includes('/removal'));
    expect(asked).toEqual(['/v1/deployments/shop-abc234/removal']);
  });

  test.each([
    ['another name', 'blog\r', 'ConfirmationMismatch'],
    ['Ctrl-C', '\u0003', 'ConfirmationRequired'],
    ['Ctrl-D', '\u0004', 'ConfirmationRequired'],
    ['a name that is broken off', 'sho\u0003', 'ConfirmationRequired'],
    ['the end of the input', null, 'ConfirmationRequired'],
  ])('fails with %s as the answer', async (_, typed, code) => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('destroy', 'shop');
    await waitFor(() => session.stderr.text.includes('Type shop to remove it'));
    if (typed === null) session.stdin.end();
    else session.stdin.write(typed);
    expect(await running).toBe(2);
    expect(session.stderr.text).toContain(code);
    expect(wasRemoved(server)).toBe(false);
  });

  test.each([
    ['no terminal', false, ['destroy', 'shop', '--yes'], 'ConfirmationRequired'],
    ['--no-input', true, ['destroy', 'shop', '--no-input'], 'ConfirmationRequired'],
    ['another name', true, ['destroy', 'shop', '--confirm', 'blog'], 'ConfirmationMismatch'],
  ])('fails with %s and removes nothing', async (_, terminal, argv, code) => {
    const { home, server } = await start();
    const session = new TestSession({ home, terminal });
    expect(await session.run(...argv, '--json')).toBe(2);
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe(code);
    expect(server.seen).toEqual([]);
  });

  test('fails with the reason when something is left', async () => {
    const failure = { ...FAILURE, code: 'ResourcesLeft' as const, message: 'port 8100 is still open' };
    const { home } = await start({
      'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'FAILED', failure }) } },
    });
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop')).toBe(1);
    expect(session.stderr.text).toContain('port 8100 is still open (ResourcesLeft)');
    expect(session.stdout.text).toBe('');
  });

  test('says exactly what remains and how to remove it', async () => {
    const failure = { ...FAILURE, code: 'ResourcesLeft' as const, message: 'it cannot be ended' };
    const { home } = await start({
      'GET /v1/deployments/shop-abc234/removal': { body: REMOVAL },
      'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'FAILED', failure }) } },
    });
    const session = new TestSession({ home });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop', '--json')).toBe(1);
    const { error } = errorDocument.parse(JSON.parse(session.stderr.text));
    expect(error.code).toBe('ResourcesLeft');
    expect(error.message).toBe('it cannot be ended; what remains: stack shop-abc234-database, process 4711');
    expect(error.hint).toContain('hivemind destroy shop --confirm shop; or by hand: kill -9 4711');
  });

  test('fails with not found where nothing was deployed', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    expect(await session.run('destroy', 'shop', '--confirm', 'shop')).toBe(4);
  });
});
