import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { deploymentDocument, errorDocument } from '../../../../src/contracts/deployment.ts';
import { answered, answers, FIX, NO, startAsking, YES } from '../../../fixtures/cli/asking-server.ts';
import {
  deployment,
  event,
  execution,
  FAILURE,
  failedDeployment,
  question,
  STARTED,
} from '../../../fixtures/cli/documents.ts';
import type { FakeRoutes } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const EVENTS = '/v1/executions/exec-1/events';

describe('hivemind approve', () => {
  test('shows all that a yes means, and goes on with an exact id', async () => {
    const { home, server } = await startAsking();
    const session = new TestSession({ home });
    expect(await session.run('approve', FIX.id)).toBe(0);
    const shown = session.stderr.text;
    expect(shown).toContain('? shop failed while starting the release (port_mismatch, 72 % sure)');
    expect(shown).toContain('the application listens on 3000\n');
    expect(shown).toContain('│ Server listening\\u0007 on 3000');
    expect(shown).toContain(
      'send the traffic to port 3000\n  + port = 3000\n  - start = npm start\n  + start = node server.js',
    );
    expect(shown).toContain('risk: needs your approval');
    expect(shown).toMatch(/exec-1\.0123abcd, waits for your answer until 2999-01-01 .* h \d+ min\)/);
    expect(answers(server)).toEqual([YES]);
    expect(session.stdout.text).toContain('✓ shop is live');
  });

  test('shows what happens from the answer on', async () => {
    const time = '2025-01-02T12:00:21.000Z';
    const { home } = await startAsking({
      [`GET ${EVENTS}`]: {
        lines: [
          event(1, 'warning', { message: 'long ago' }),
          event(2, 'fix.answered', { time, actor: 'me@here', message: 'approved: the port' }),
          event(3, 'fix.applied', { time, message: 'applied: the port' }),
          event(4, 'execution.finished', { time }),
        ],
      },
    });
    const session = new TestSession({ home });
    expect(await session.run('approve', FIX.id)).toBe(0);
    expect(session.stderr.text).toContain('fix          approved: the port (me@here)');
    expect(session.stderr.text).not.toContain('long ago');
  });

  test.each([
    ['y', [YES]],
    ['n', []],
    ['\u0003', []],
  ])('asks once more for a name: %j', async (key, sent) => {
    const { home, server } = await startAsking();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('approve', 'shop');
    await waitFor(() => session.stderr.text.includes('Apply this fix?'));
    session.stdin.write(key);
    expect(await running).toBe(sent.length > 0 ? 0 : 2);
    expect(answers(server)).toEqual(sent);
  });

  test('wants a yes for a name where nobody can be asked', async () => {
    const { home, server } = await startAsking();
    const session = new TestSession({ home });
    expect(await session.run('approve', 'shop', '--json')).toBe(2);
    expect(errorDocument.parse(JSON.parse(session.stderr.text)).error.code).toBe('ConfirmationRequired');
    expect(answers(server)).toEqual([]);
    expect(await new TestSession({ home }).run('approve', 'shop', '--yes')).toBe(0);
  });

  test('prints the deployment with --json, also without waiting', async () => {
    const { home } = await startAsking();
    for (const wait of ['--wait', '--no-wait']) {
      const session = new TestSession({ home });
      expect(await session.run('approve', FIX.id, '--json', wait)).toBe(0);
      expect(deploymentDocument.parse(JSON.parse(session.stdout.text)).deployment.name).toBe('shop');
      expect(session.stderr.text).toBe('');
    }
  });

  test('says why it is too late, and asks for nothing first', async () => {
    const closed = { code: 'FixClosed', message: 'it was approved', hint: 'look' };
    const { home } = await startAsking({
      'GET /v1/fixes/shop': { body: { fix: question({ ...answered(true), asks: ['TOKEN'] }) } },
      [`POST /v1/fixes/${FIX.id}/answer`]: { status: 409, body: { error: closed } },
    });
    const session = new TestSession({ home, terminal: true });
    expect(await session.run('approve', 'shop')).toBe(5);
    expect(session.stderr.text).toContain('it was approved');
  });

  test('starts nothing where nothing was ever deployed', async () => {
    const session = new TestSession({ home: await temporaryHome() });
    expect(await session.run('approve', FIX.id)).toBe(4);
    expect(session.stderr.text).toContain('FixNotFound');
  });
});

describe('values that only the operator knows', () => {
  const asking = question({ asks: ['DATABASE_URL', 'TOKEN'] });
  const routes: FakeRoutes = { [`GET /v1/fixes/${FIX.id}`]: { body: { fix: asking } } };

  test('come from a file and from the environment', async () => {
    const { home, server } = await startAsking(routes);
    await writeFile(join(home.root, 'vars'), 'DATABASE_URL=postgres://x\nOTHER=not asked for\n');
    const session = new TestSession({ home, environment: { TOKEN: 'inherited' } });
    expect(await session.run('approve', FIX.id, '--env-file', 'vars', '--env', 'TOKEN')).toBe(0);
    expect(answers(server)).toEqual([
      { ...YES, environment: { DATABASE_URL: 'postgres://x', TOKEN: 'inherited' } },
    ]);
  });

  test('are asked for on a terminal, and never shown', async () => {
    const { home, server } = await startAsking(routes);
    const session = new TestSession({ home, terminal: true });
    const running = session.run('approve', FIX.id, '--env', 'TOKEN=t');
    await waitFor(() => session.stderr.text.includes('DATABASE_URL (not shown)'));
    session.stdin.write('\r');
    await waitFor(() => session.stderr.text.includes('it is empty'));
    session.stdin.write('s3cret\r');
    expect(await running).toBe(0);
    expect(answers(server)).toEqual([{ ...YES, environment: { DATABASE_URL: 's3cret', TOKEN: 't' } }]);
    expect(session.stderr.text).not.toContain('s3cret');
  });

  test('are named where nobody can be asked', async () => {
    const { home, server } = await startAsking(routes);
    const session = new TestSession({ home });
    expect(await session.run('approve', FIX.id)).toBe(2);
    expect(session.stderr.text).toContain('a value is missing for DATABASE_URL, TOKEN');
    expect(session.stderr.text).toContain('--env DATABASE_URL --env TOKEN');
    expect(answers(server)).toEqual([]);
  });

  test('may be kept back', async () => {
    const { home, server } = await startAsking(routes);
    const session = new TestSession({ home, terminal: true });
    const running = session.run('approve', FIX.id);
    await waitFor(() => session.stderr.text.includes('DATABASE_URL (not shown)'));
    session.stdin.write('\u0003');
    expect(await running).toBe(2);
    expect(answers(server)).toEqual([]);
  });
});

describe('hivemind reject', () => {
  test('ends well although the work then fails', async () => {
    const { home, server } = await startAsking({
      'GET /v1/executions/exec-1': { body: { execution: execution({ status: 'FAILED', failure: FAILURE }) } },
      'GET /v1/deployments/shop-abc234': { body: { deployment: failedDeployment() } },
    });
    const session = new TestSession({ home });
    expect(await session.run('reject', FIX.id)).toBe(0);
    expect(answers(server)).toEqual([NO]);
    expect(session.stdout.text).toContain(
      'declined: shop is FAILED; when you have mended it: hivemind retry shop',
    );
  });

  test('asks once more for a name', async () => {
    const { home, server } = await startAsking();
    const session = new TestSession({ home, terminal: true });
    const running = session.run('reject', 'shop', '--no-wait');
    await waitFor(() => session.stderr.text.includes('Decline this fix?'));
    session.stdin.write('y');
    expect(await running).toBe(0);
    expect(answers(server)).toEqual([NO]);
  });
});

describe('hivemind retry', () => {
  test('sends what changes, and follows', async () => {
    const { home, server } = await startAsking();
    const session = new TestSession({ home });
    const options = ['--set', 'start=node a.js', '--env', 'A=1', '--fix', 'safe', '--answer-within', '2h'];
    expect(await session.run('retry', 'shop', ...options)).toBe(0);
    const order = server.seen.find(({ method }) => method === 'POST');
    expect(order?.path).toBe('/v1/deployments/shop/retry');
    expect(JSON.parse(order?.body ?? '')).toEqual({
      plan: { start: 'node a.js' },
      environment: { A: '1' },
      fixes: 'safe',
      answerSeconds: 7200,
    });
    expect(session.stdout.text).toContain('✓ shop is live');
  });

  test.each(['update', 'rollback', 'upgrade', 'deploy'] as const)(
    'tells the failure of a %s',
    async (workflow) => {
      const { home } = await startAsking({
        'GET /v1/executions/exec-1': {
          body: { execution: execution({ workflow, status: 'FAILED', failure: FAILURE }) },
        },
        'GET /v1/deployments/shop-abc234': { body: { deployment: failedDeployment() } },
      });
      const session = new TestSession({ home });
      expect(await session.run('retry', 'shop')).toBe(1);
      expect(session.stderr.text).toContain('(BuildFailed)');
    },
  );

  test('tells what a destroy has removed', async () => {
    const { home } = await startAsking({
      'GET /v1/executions/exec-1': { body: { execution: execution({ workflow: 'destroy' }) } },
      'GET /v1/executions/exec-1/removed': { body: { removed: [], kept: [] } },
    });
    const session = new TestSession({ home });
    expect(await session.run('retry', 'shop')).toBe(0);
    expect(session.stdout.text).toContain('shop is destroyed');
  });

  test.each([
    ['--set', 'colour=blue'],
    ['--answer-within', '25h'],
    ['--fix', 'all'],
  ])('refuses %s %s', async (...options) => {
    const { home, server } = await startAsking();
    expect(await new TestSession({ home }).run('retry', 'shop', ...options)).toBe(2);
    expect(server.seen).toEqual([]);
  });
});

describe('hivemind deploy and update', () => {
  test('pass on what may be done about a failure', async () => {
    const { home, server } = await startAsking({
      'POST /v1/deployments/shop/update': { status: 202, body: STARTED },
    });
    const options = ['--set', 'build=none', '--fix', 'none', '--answer-within', '90s'];
    expect(await new TestSession({ home }).run('deploy', '.', ...options)).toBe(0);
    expect(await new TestSession({ home }).run('update', 'shop', ...options)).toBe(0);
    const sent = server.seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
    const expected = { plan: { build: 'none' }, fixes: 'none', answerSeconds: 90 };
    expect(sent).toEqual([expect.objectContaining(expected), expect.objectContaining(expected)]);
  });
});

describe('hivemind list', () => {
  test('points at the question that waits', async () => {
    const deployments = [deployment({ status: 'AWAITING_FIX', fixes: [FIX] }), deployment({ name: 'blog' })];
    const { home } = await startAsking({ 'GET /v1/deployments': { body: { deployments } } });
    const session = new TestSession({ home });
    expect(await session.run('list')).toBe(0);
    expect(session.stderr.text).toMatch(
      /^shop waits for your answer until .*: hivemind approve exec-1\.0123abcd, or .*\n$/,
    );
  });
});

describe('hivemind status', () => {
  test.each([
    ['it is proposed', 'safe', [FIX], 'use another port'],
    ['nothing can be done by HiveMind', 'safe', [], 'by hand: use another port'],
  ] as const)('says what is left to the operator: %s', async (_what, risk, fixes, words) => {
    const diagnosis = {
      cause: 'port_in_use',
      confidence: 0.96,
      evidence: [],
      action: 'change_port',
      risk,
      parameters: {},
    } as const;
    const { home } = await startAsking({
      'GET /v1/deployments/shop': {
        body: { deployment: { ...failedDeployment(), fixes, failure: { ...FAILURE, diagnosis } } },
      },
    });
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop')).toBe(0);
    expect(session.stdout.text).toContain(`cause: the port is already taken (96 %) - ${words}`);
  });

  test('names what only a person can do', async () => {
    const diagnosis = {
      cause: 'unknown',
      confidence: 0.2,
      evidence: [],
      action: 'escalate',
      risk: 'human-only',
      parameters: {},
    } as const;
    const { home } = await startAsking({
      'GET /v1/deployments/shop': {
        body: { deployment: { ...failedDeployment(), failure: { ...FAILURE, diagnosis } } },
      },
    });
    const session = new TestSession({ home });
    await session.run('status', 'shop');
    expect(session.stdout.text).toContain(' - only you can: look at the evidence yourself');
  });

  test('tells what was tried, and the question that waits', async () => {
    const tried = question({
      ...answered(true),
      status: 'FAILED',
      does: 'use another start command',
      id: 'exec-1.00000000',
    });
    const { home } = await startAsking({
      'GET /v1/deployments/shop': {
        body: { deployment: deployment({ status: 'AWAITING_FIX', fixes: [tried, { ...FIX, round: 2 }] }) },
      },
    });
    const session = new TestSession({ home });
    expect(await session.run('status', 'shop')).toBe(0);
    expect(session.stdout.text).toContain(
      '✗ use another start command: it did not help, approved by me@here (port_mismatch, 72 % sure)',
    );
    expect(session.stdout.text).toContain('? shop failed while starting the release');
    expect(session.stdout.text).toContain(`to do: hivemind approve ${FIX.id}, or hivemind reject ${FIX.id}`);
  });
});
