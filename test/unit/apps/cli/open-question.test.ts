import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { EventView } from '../../../../src/contracts/api.ts';
import { deploymentDocument, errorDocument } from '../../../../src/contracts/deployment.ts';
import { answered, answers, FIX, NO, startAsking, YES } from '../../../fixtures/cli/asking-server.ts';
import { deployment, event, execution, FAILURE } from '../../../fixtures/cli/documents.ts';
import type { FakeRoutes } from '../../../fixtures/cli/fake-server.ts';
import { TestSession } from '../../../fixtures/cli/test-session.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';

const EVENTS = '/v1/executions/exec-1/events';

const PROPOSED = event(2, 'fix.proposed', {
  message: 'may I send the traffic to port 3000?',
  data: { fix: FIX.id, isAsked: true },
});

/** A deploy that stands at a question; its end comes with the answer, after these events. */
async function startWaiting(last: readonly EventView[] = [], change: FakeRoutes = {}) {
  let isAnswered = false;
  const started = await startAsking({
    [`GET ${EVENTS}`]: {
      lines: [
        event(1, 'stage.failed', { message: 'no answer', data: { stage: 'release', seconds: 9 } }),
        PROPOSED,
      ],
      after: 'hold',
    },
    'GET /v1/executions/exec-1': () => ({
      body: {
        execution: isAnswered
          ? execution()
          : execution({ status: 'RUNNING', endedAt: null, failure: { ...FAILURE, code: 'PortNeverOpened' } }),
      },
    }),
    [`POST /v1/fixes/${FIX.id}/answer`]: ({ body }) => {
      isAnswered = true;
      const { server } = started;
      for (const [index, one] of [...last, event(3, 'execution.finished')].entries()) {
        server.emit(EVENTS, { ...one, sequence: 3 + index });
      }
      server.end(EVENTS);
      return { body: { fix: answered(JSON.parse(body).approve === true) } };
    },
    ...change,
  });
  return started;
}

const PLAIN = { NO_COLOR: '1' };

describe('a question that opens while a command waits', () => {
  test('is asked right there, and the work goes on', async () => {
    const { home, server } = await startWaiting([
      event(3, 'fix.applied', { message: 'applied' }),
      event(4, 'stage.started', { data: { stage: 'build' } }),
      event(5, 'fix.concluded', { message: 'it helped: port 3000' }),
    ]);
    const session = new TestSession({ home, terminal: true, environment: PLAIN });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Apply this fix?'));
    expect(session.stderr.text).toContain('+ port = 3000');
    session.stdin.write('y');
    expect(await running).toBe(0);
    expect(answers(server)).toEqual([YES]);
    const after = session.stderr.text.slice(session.stderr.text.lastIndexOf('Apply this fix?'));
    expect(after).toContain('building the artifact');
    expect(after).toContain('+ it helped: port 3000');
    expect(after).not.toContain('no answer');
    expect(session.stdout.text).toContain('✓ shop is live');
  });

  test('may be declined', async () => {
    const { home, server } = await startWaiting();
    const session = new TestSession({ home, terminal: true, environment: PLAIN });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Apply this fix?'));
    session.stdin.write('n');
    await running;
    expect(answers(server)).toEqual([NO]);
  });

  test.each([
    ['answered elsewhere', event(4, 'fix.answered', { message: 'approved: the port', actor: 'bob@home' })],
    ['too late for', event(4, 'warning', { message: 'nobody answered', data: { fix: FIX.id } })],
  ])('needs no answer once it is %s', async (_what, last) => {
    const { home, server } = await startWaiting([], {
      'GET /v1/executions/exec-1': { body: { execution: execution() } },
    });
    const session = new TestSession({ home, terminal: true, environment: PLAIN });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Apply this fix?'));
    server.emit(EVENTS, event(3, 'deployment.status-changed'));
    server.emit(EVENTS, last);
    server.emit(EVENTS, event(5, 'execution.finished'));
    server.end(EVENTS);
    expect(await running).toBe(0);
    expect(session.stderr.text).toContain(last.message);
    expect(answers(server)).toEqual([]);
  });

  test.each(['l', '\r', '\u0004', '\u0003'])('may wait for later (%j)', async (key) => {
    const { home, server } = await startWaiting();
    const session = new TestSession({ home, terminal: true, environment: PLAIN });
    const running = session.run('deploy', '.');
    await waitFor(() => session.stderr.text.includes('Apply this fix?'));
    session.stdin.write(key);
    expect(await running).toBe(1);
    expect(answers(server)).toEqual([]);
    const shown = stripVTControlCharacters(session.stderr.text);
    expect(shown).toMatch(/later: it goes on waiting\s+(?:│\s+)?error: npm run build exited with 1 /);
    expect(session.stderr.text).toContain(`hivemind approve ${FIX.id}, or hivemind reject ${FIX.id}`);
  });

  test.each([
    ['deploy', ['deploy', '.'], false],
    ['--no-input on a terminal', ['deploy', '.', '--no-input'], true],
    ['--yes, which is no yes to what nobody has seen', ['deploy', '.', '--yes'], false],
    ['retry', ['retry', 'shop'], false],
  ])('ends the command where nobody can be asked: %s', async (_what, argv, terminal) => {
    const { home, server } = await startWaiting();
    const session = new TestSession({ home, terminal, environment: PLAIN });
    expect(await session.run(...argv)).toBe(1);
    expect(answers(server)).toEqual([]);
    expect(session.stderr.text).toContain('+ port = 3000');
    expect(session.stderr.text).toContain('(PortNeverOpened)');
    expect(session.stderr.text).toMatch(
      /to do: a fix waits for your answer until .*: hivemind approve exec-1\.0123abcd/,
    );
  });

  test('is the deployment on stdout and the failure on stderr with --json', async () => {
    const { home } = await startWaiting([], {
      'GET /v1/deployments/shop-abc234': {
        body: { deployment: deployment({ status: 'AWAITING_FIX', url: null, release: null, fixes: [FIX] }) },
      },
    });
    const session = new TestSession({ home, terminal: true, environment: PLAIN });
    expect(await session.run('deploy', '.', '--json')).toBe(1);
    const { deployment: shown } = deploymentDocument.parse(JSON.parse(session.stdout.text));
    expect(shown.fixes).toEqual([FIX]);
    const { error } = errorDocument.parse(JSON.parse(session.stderr.text));
    expect(error).toMatchObject({ code: 'PortNeverOpened', hint: expect.stringContaining(FIX.id) });
  });

  test('is none when it was answered before', async () => {
    const { home, server } = await startAsking({
      'GET /v1/deployments/shop-abc234/fixes': { body: { fixes: [answered(true)] } },
      [`GET ${EVENTS}`]: { lines: [PROPOSED, event(3, 'execution.finished')] },
    });
    expect(await new TestSession({ home }).run('deploy', '.')).toBe(0);
    expect(answers(server)).toEqual([]);
  });
});
