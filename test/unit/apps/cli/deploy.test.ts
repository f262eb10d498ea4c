import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../../../src/adapters/local/home.ts';
import { previewDocument } from '../../../../src/contracts/api.ts';
import { deploymentDocument, errorDocument } from '../../../../src/contracts/deployment.ts';
import {
  DEPLOY_EVENTS,
  deployment,
  deployRoutes,
  event,
  execution,
  FAILURE,
  failedDeployment,
  preview,
} from '../../../fixtures/cli/documents.ts';
import { FAKE_TOKEN, type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
});

async function start(routes: FakeRoutes, home?: Home): Promise<{ home: Home; server: FakeServer }> {
  const where = home ?? (await temporaryHome());
  const server = await FakeServer.start(where, routes);
  servers.push(server);
  return { home: where, server };
}

const failing = (change: FakeRoutes = {}): FakeRoutes =>
  deployRoutes({
    'GET /v1/executions/exec-1/events': {
      lines: [
        event(1, 'stage.started', { data: { stage: 'build' } }),
        event(2, 'stage.failed', {
          message: 'npm run build exited with 1',
          data: { stage: 'build', code: 'BuildFailed' },
        }),
      ],
    },
    'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'FAILED' }) } },
    'GET /v1/deployments/shop-abc234': { body: { deployment: failedDeployment() } },
    ...change,
  });

const EVENTS = '/v1/executions/exec-1/events';

describe('hivemind deploy', () => {
  test('shows plain lines and the proved result', async () => {
    const { home } = await start(deployRoutes());
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.')).toBe(0);
    expect(session.stderr.text).toMatch(/^\d\d:\d\d:\d\d Recon {8}reading the repository \.\.\.$/m);
    expect(session.stderr.text).toContain('building the artifact ... done in 1.5 s: sha256-fedc');
    expect(session.stderr.text).toContain('done in 0.0 s: one database (reused)');
    expect(session.stderr.text).toContain('warning      uncommitted changes are left out');
    expect(session.stdout.text).toContain('✓ shop is live at http://127.0.0.1:8100');
    expect(session.stdout.text).toContain('✓ HTTP answer: status 200 in 12 ms');
    expect(session.stdout.text).toContain('hivemind destroy shop --confirm shop');
    expect(session.stdout.text + session.stderr.text).not.toContain('\u001b');
  });

  test('sends what was asked for', async () => {
    const { home, server } = await start(deployRoutes());
    await writeFile(join(home.root, 'vars'), 'A=from file\nB="two words"\n');
    const session = new TestSession({ home, environment: { TOKEN: 'inherited' } });
    const code = await session.run(
      ...[
        'deploy',
        '.',
        'a web shop',
        '--name',
        'shop',
        '--env-file',
        'vars',
        '--env',
        'A=x=y',
        '--env',
        'TOKEN',
      ],
      ...['--port', '8123', '--stage-1', '--working-tree', '--start-timeout', '30'],
    );
    expect(code).toBe(0);
    const request = server.seen.find(({ method }) => method === 'POST');
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${FAKE_TOKEN}` });
    expect(request?.headers['x-hivemind-actor']).toMatch(/^[\w.+-]+@[\w.-]+$/);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      source: home.root,
      name: 'shop',
      description: 'a web shop',
      stage: 'stage-1',
      target: 'local',
      workingTree: true,
      environment: { A: 'x=y', B: 'two words', TOKEN: 'inherited' },
      port: 8123,
      startTimeoutSeconds: 30,
      whatIf: false,
    });
  });

  test('passes an address on as given', async () => {
    const { home, server } = await start(deployRoutes());
    const source = 'https://example.com/owner/shop.git#main';
    expect(await new TestSession({ home }).run('deploy', source)).toBe(0);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ source });
  });

  test('prints one document and nothing else with --json', async () => {
    const { home } = await start(deployRoutes());
    const session = new TestSession({ home, terminal: true });
    expect(await session.run('deploy', '.', '--json')).toBe(0);
    expect(deploymentDocument.parse(JSON.parse(session.stdout.text)).deployment.status).toBe('ACTIVE');
    expect(session.stderr.text).toBe('');
  });

  test('returns at once with --no-wait', async () => {
    const { home, server } = await start(deployRoutes());
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.', '--no-wait')).toBe(0);
    expect(session.stdout.text).toContain('hivemind status shop');
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/deployments']);
  });

  test('redraws a block on a terminal', async () => {
    const { home } = await start(
      deployRoutes({
        'GET /v1/deployments/shop/logs': {
          lines: [
            {
              time: '2025-01-02T12:00:05.000Z',
              source: 'build',
              name: 'build',
              text: 'npm \u001b[2Jinstall',
            },
          ],
        },
      }),
    );
    const session = new TestSession({ home, terminal: true });
    expect(await session.run('deploy', '.', '--verbose')).toBe(0);
    expect(session.stderr.text).toMatch(/\u001b\[\d+A/);
    expect(session.stderr.text).toContain('building the artifact');
    expect(session.stderr.text).not.toContain('\u001b[2J');
    expect(session.stdout.text).toContain('\u001b[32m✓');
  });

  test('leaves colours out when NO_COLOR is set', async () => {
    const { home } = await start(deployRoutes());
    const session = new TestSession({ home, terminal: true, environment: { NO_COLOR: '1' } });
    expect(await session.run('deploy', '.')).toBe(0);
    expect(session.stdout.text + session.stderr.text).not.toMatch(/\u001b\[[\d;]*m/);
  });

  test('shows build output on request', async () => {
    const { home, server } = await start(
      deployRoutes({
        [`GET ${EVENTS}`]: { lines: DEPLOY_EVENTS.slice(0, 5), after: 'hold' },
        'GET /v1/deployments/shop/logs': {
          lines: [
            { time: '2025-01-01T00:00:00.000Z', source: 'build', name: 'build', text: 'of an earlier build' },
            {
              time: '2025-01-02T12:00:05.500Z',
              source: 'build',
              name: 'build',
              text: 'added 12\u0007 packages',
            },
          ],
        },
      }),
    );
    const session = new TestSession({ home });
    const running = session.run('deploy', '.', '--verbose');
    await waitFor(() => session.stderr.text.includes('  | added 12\\u0007 packages'));
    for (const each of DEPLOY_EVENTS.slice(5)) server.emit(EVENTS, each);
    server.end(EVENTS);
    expect(await running).toBe(0);
    expect(session.stderr.text).not.toContain('earlier build');
  });

  test('fails with the reason, the log and the way out', async () => {
    const { home } = await start(failing());
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.')).toBe(1);
    expect(session.stdout.text).toBe('');
    expect(session.stderr.text).toContain('✗ shop failed while building the artifact (Compiler)');
    expect(session.stderr.text).toContain('error: npm run build exited with 1 (BuildFailed)');
    expect(session.stderr.text).toContain('  │ src/a.ts: error\n  │ second\\u0007 line');
    expect(session.stderr.text).toContain('to do: correct the build script');
    expect(session.stderr.text).not.toContain('\u001b');
  });

  test('fails with document and error apart with --json', async () => {
    const { home } = await start(failing());
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.', '--json')).toBe(1);
    expect(deploymentDocument.parse(JSON.parse(session.stdout.text)).deployment.failure?.code).toBe(
      'BuildFailed',
    );
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe('BuildFailed');
  });

  test('fails with a workflow that ended without an active deployment', async () => {
    const { home } = await start(
      deployRoutes({
        'GET /v1/deployments/shop-abc234': { body: { deployment: deployment({ status: 'VERIFYING' }) } },
      }),
    );
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.')).toBe(1);
    expect(session.stdout.text).toBe('');
    expect(session.stderr.text).toContain('InternalError');
  });

  test('fails with the exit code of a refusal', async () => {
    const error = { code: 'DeploymentBusy', message: 'exec-0 changes "shop"', hint: 'wait for it' };
    const { home } = await start(deployRoutes({ 'POST /v1/deployments': { status: 409, body: { error } } }));
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.', '--json')).toBe(5);
    expect(JSON.parse(session.stderr.text)).toEqual({ error });
    expect(session.stdout.text).toBe('');
  });

  test('shows a preview without creating anything', async () => {
    const routes = deployRoutes({ 'GET /v1/executions/exec-1/preview': { body: { preview: preview() } } });
    const { home, server } = await start(routes);
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.', '--what-if')).toBe(0);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ whatIf: true });
    expect(session.stdout.text).toMatch(/framework +express +0\.90 +package\.json:7 \(says so\)/);
    expect(session.stdout.text).toContain('+ create database (it does not exist)');
    expect(session.stdout.text).toContain('✗ HM-SECRET-1 no secrets in the repository: .env:1');
    expect(session.stdout.text).toContain('nothing was created');
    const json = new TestSession({ home });
    expect(await json.run('deploy', '.', '--what-if', '--json')).toBe(0);
    expect(previewDocument.parse(JSON.parse(json.stdout.text)).preview.name).toBe('shop');
  });

  test('fails with the reason of a preview without deployment', async () => {
    const failure = { ...FAILURE, code: 'RefNotFound' as const, message: 'no branch "x"' };
    const { home } = await start(
      deployRoutes({
        'GET /v1/executions/exec-1': {
          body: { execution: execution({ status: 'FAILED', failure }) },
        },
      }),
    );
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.', '--what-if', '--json')).toBe(4);
    expect(JSON.parse(session.stderr.text)).toMatchObject({ error: { code: 'RefNotFound' } });
  });
});

describe('hivemind deploy when the server goes away', () => {
  test('goes on with the server that takes over', async () => {
    const { home, server } = await start(
      deployRoutes({ [`GET ${EVENTS}`]: { lines: DEPLOY_EVENTS.slice(0, 4), after: 'hold' } }),
    );
    const session = new TestSession({ home });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Node 22, npm'));
    const second = await start(deployRoutes(), home);
    await server.kill();
    expect(await running).toBe(0);
    expect(second.server.seen[0]?.path).toBe(`${EVENTS}?after=4`);
    expect(session.stderr.text.match(/reading the repository \.\.\.$/gm)).toHaveLength(1);
    expect(session.stderr.text).toContain('connected again');
    expect(session.stdout.text).toContain('is live at');
  });

  test('starts another one when none takes over', async () => {
    const { home, server } = await start(
      deployRoutes({ [`GET ${EVENTS}`]: { lines: DEPLOY_EVENTS.slice(0, 4), after: 'hold' } }),
    );
    await writeFile(join(home.root, 'routes.json'), JSON.stringify(deployRoutes()));
    const session = new TestSession({ home });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Node 22, npm'));
    await server.kill();
    expect(await running).toBe(0);
    expect(JSON.parse(await readFile(home.serverFile, 'utf8')).pid).not.toBe(process.pid);
    expect(await new TestSession({ home }).run('serve', '--stop')).toBe(0);
  });

  test('goes on when the stream breaks at its end', async () => {
    let breaks = 0;
    const { home } = await start(
      deployRoutes({
        [`GET ${EVENTS}`]: () => ({ lines: DEPLOY_EVENTS, after: breaks++ === 0 ? 'break' : 'hold' }),
      }),
    );
    expect(await new TestSession({ home }).run('deploy', '.')).toBe(0);
  });
});

describe('hivemind deploy with Ctrl-C', () => {
  const holding = (change: FakeRoutes = {}): FakeRoutes =>
    deployRoutes({ [`GET ${EVENTS}`]: { lines: DEPLOY_EVENTS.slice(0, 3), after: 'hold' }, ...change });

  test('cancels and waits for the clean-up', async () => {
    const { home, server } = await start(
      holding({
        'POST /v1/executions/exec-1/cancel': { status: 202 },
        'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'CANCELLED' }) } },
      }),
    );
    const session = new TestSession({ home });
    const running = session.run('deploy', '.');
    await waitFor(() => server.isStreaming(EVENTS));
    session.interrupt();
    session.interrupt(); // the same press, passed on by npx
    await waitFor(() => server.seen.some(({ path }) => path.endsWith('/cancel')));
    server.end(EVENTS);
    expect(await running).toBe(1);
    expect(session.stderr.text).toContain('press Ctrl-C again to leave it running');
    expect(session.stderr.text).toContain('(Cancelled)');
    expect(session.stderr.text).not.toContain('failed');
    expect(session.isListening).toBe(false);
  });

  test('leaves it running at the second press', async () => {
    const { home, server } = await start(holding({ 'POST /v1/executions/exec-1/cancel': { status: 202 } }));
    const session = new TestSession({ home });
    let code: number | undefined;
    void session.run('deploy', '.').then((ended) => {
      code = ended;
    });
    await waitFor(() => server.isStreaming(EVENTS));
    await waitFor(() => {
      session.interrupt();
      return code !== undefined;
    });
    expect(code).toBe(130);
    expect(session.stderr.text).toContain('left running in the background');
    expect(server.seen.filter(({ path }) => path.endsWith('/cancel'))).toHaveLength(1);
  });

  test('reports success that came before the cancelling', async () => {
    const { home, server } = await start(holding({ 'POST /v1/executions/exec-1/cancel': { status: 202 } }));
    const session = new TestSession({ home });
    const running = session.run('deploy', '.');
    await waitFor(() => server.isStreaming(EVENTS));
    session.interrupt();
    server.end(EVENTS);
    expect(await running).toBe(0);
  });
});

describe('hivemind deploy with wrong input', () => {
  test.each([
    ['a name that is none', ['deploy', '.', '--name', '../x'], 2, 'InvalidName'],
    ['a very long name', ['deploy', '.', '--name', 'x'.repeat(200)], 2, 'InvalidName'],
    ['a folder that does not exist', ['deploy', './nowhere'], 4, 'SourceNotFound'],
    ['an option as source', ['deploy', '--', '--upload-pack=touch /tmp/x'], 2, 'UnsafeSource'],
    ['a remote helper as source', ['deploy', 'ext::sh -c id'], 2, 'UnsafeSource'],
    ['a port that is none', ['deploy', '.', '--port', '70000'], 2, 'InvalidInput'],
    ['a variable without value', ['deploy', '.', '--env', 'NOT_SET_ANYWHERE'], 2, 'InvalidInput'],
    ['a variable that HiveMind sets', ['deploy', '.', '--env', 'PORT=3000'], 2, 'InvalidInput'],
    ['another one, from here', ['update', 'shop', '--env', 'HIVEMIND_INSTANCE'], 2, 'InvalidInput'],
    ['steps in place', ['update', 'shop', '--rolling', '--steps', '100'], 2, 'InvalidInput'],
    ['a warm release in place', ['update', 'shop', '--rolling', '--keep-warm', '0s'], 2, 'InvalidInput'],
    ['a variable without name', ['deploy', '.', '--env', '=value'], 2, 'InvalidInput'],
    [
      'an environment file that does not exist',
      ['deploy', '.', '--env-file', 'none'],
      2,
      'InvalidEnvironmentFile',
    ],
    ['what-if without waiting', ['deploy', '.', '--what-if', '--no-wait'], 2, 'InvalidInput'],
    ['another target', ['deploy', '.', '--target', 'moon'], 2, 'InvalidInput'],
    ['a certificate on this machine', ['deploy', '.', '--certificate', 'arn:aws:acm:x'], 2, 'InvalidInput'],
    ['a network of its own on this machine', ['deploy', '.', '--dedicated-network'], 2, 'InvalidInput'],
    ['no source', ['deploy'], 2, 'InvalidInput'],
  ])('fails with %s before any server starts', async (_, argv, exitCode, code) => {
    const home = await temporaryHome();
    const session = new TestSession({ home });
    expect(await session.run(...argv.slice(0, 1), '--json', ...argv.slice(1))).toBe(exitCode);
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe(code);
    expect(session.stdout.text).toBe('');
    await expect(readFile(home.serverFile)).rejects.toThrow('ENOENT');
  });
});

describe('starting the server', () => {
  test('starts one and lets it run', async () => {
    const home = await temporaryHome();
    await writeFile(join(home.root, 'routes.json'), JSON.stringify(deployRoutes()));
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.')).toBe(0);
    const stopping = new TestSession({ home });
    expect(await stopping.run('serve', '--stop')).toBe(0);
    expect(stopping.stdout.text).toMatch(/the server \(process \d+\) has stopped/);
  });

  test('starts another one after the old one has ended', async () => {
    const home = await temporaryHome();
    await writeFile(join(home.root, 'routes.json'), JSON.stringify(deployRoutes()));
    await writeFile(join(home.root, 'conflict'), '');
    expect(await new TestSession({ home }).run('deploy', '.')).toBe(0);
    expect(await new TestSession({ home }).run('serve', '--stop')).toBe(0);
  });

  test('fails with the log of a server that does not start', async () => {
    const home = await temporaryHome();
    await writeFile(join(home.root, 'refuse'), '');
    const session = new TestSession({ home });
    expect(await session.run('deploy', '.')).toBe(6);
    expect(session.stderr.text).toContain('it ended with exit code 1 (ServerUnreachable)');
    expect(session.stderr.text).toContain('│ the fake refuses to start');
    expect(session.stderr.text).toContain(home.serverLogFile);
  });
});
