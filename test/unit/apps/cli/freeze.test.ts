import { afterEach, describe, expect, test } from '@jest/globals';
import { deployment, FAILURE } from '../../../fixtures/cli/documents.ts';
import { type FakeRoutes, FakeServer } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

const FREEZE = { reason: 'fire\u001b[31m', actor: 'ada@desk', at: '2026-01-01T00:00:00.000Z' };

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function sessionWith(routes: FakeRoutes) {
  const home = await temporaryHome();
  const server = await FakeServer.start(home, routes);
  servers.push(server);
  return { session: new TestSession({ home }), seen: server.seen };
}

describe('hivemind freeze', () => {
  test('freezes with the reason, and says what waits', async () => {
    const { session, seen } = await sessionWith({
      'PUT /v1/freeze': { body: { freeze: FREEZE, running: 2 } },
    });
    expect(await session.run('freeze', 'fire')).toBe(0);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ reason: 'fire' });
    expect(session.stdout.text).toMatch(/^everything is frozen by ada@desk since .*: fire$/m);
    expect(session.stdout.text).toContain('2 running, each waits before its next change; "hivemind resume"');
  });

  test.each([
    [[], 'missing required argument'],
    [[''], 'reason: it is empty'],
    [['   '], 'reason: it is empty'],
    [['x'.repeat(501)], 'reason: it is longer than 500 characters'],
  ])('needs a reason: %j', async (reason, said) => {
    const { session, seen } = await sessionWith({});
    expect(await session.run('freeze', ...reason)).toBe(2);
    expect(session.stderr.text).toContain(said);
    expect(session.stderr.text).not.toContain('Too ');
    expect(seen).toEqual([]);
  });
});

describe('hivemind resume', () => {
  test('says what goes on', async () => {
    const body = {
      freeze: FREEZE,
      running: 1,
      pushes: [{ deploymentId: 'shop-abc234', decision: 'started' }],
      failures: [],
    };
    const { session } = await sessionWith({ 'DELETE /v1/freeze': { body } });
    expect(await session.run('resume')).toBe(0);
    expect(session.stdout.text).toBe('resumed: 1 running\npush to shop-abc234: started\n');
  });

  test('fails when a push could not be started, and says why', async () => {
    const failures = [{ code: 'Throttled', message: 'too much', hint: 'push again' }];
    const body = { freeze: null, running: 0, pushes: [], failures };
    const { session } = await sessionWith({ 'DELETE /v1/freeze': { body } });
    expect(await session.run('resume')).toBe(1);
    expect(session.stdout.text).toBe('nothing was frozen: 0 running\n');
    expect(session.stderr.text).toContain('too much; to do: push again');
  });
});

describe('status and list', () => {
  const old = '2020-01-01T00:00:00.000Z';
  const failure = { ...FAILURE, at: old };
  const warm = { release: 1, until: '2026-01-01T00:00:00.000Z' };
  const shown = deployment({ status: 'FAILED', failure, warm });
  const routes = {
    'GET /v1/deployments': { body: { deployments: [shown], freeze: FREEZE } },
    'GET /v1/deployments/shop': { body: { deployment: shown, freeze: FREEZE } },
  };

  test.each([['status shop'], ['list']])('%s: say what is frozen, warm and unanswered', async (command) => {
    const { session } = await sessionWith(routes);
    expect(await session.run(...command.split(' '))).toBe(0);
    const text = session.stdout.text + session.stderr.text;
    expect(text).toContain('everything is frozen by ada@desk');
    expect(text).toMatch(/1 is warm|release 1 stays warm until .*"hivemind rollback shop"/);
    expect(text).toMatch(/shop failed at .*, and nobody has answered/);
    expect(text).not.toContain('\u001b');
  });

  test.each([['status shop'], ['list']])('%s --json has the freeze in it', async (command) => {
    const { session } = await sessionWith(routes);
    expect(await session.run(...command.split(' '), '--json')).toBe(0);
    expect(JSON.parse(session.stdout.text)).toMatchObject({ freeze: { actor: 'ada@desk' } });
    expect(session.stderr.text).toBe('');
  });
});
