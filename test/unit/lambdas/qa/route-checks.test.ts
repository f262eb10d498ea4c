import { describe, expect, test } from '@jest/globals';
import type { QaPorts } from '../../../../lambdas/qa/ports.ts';
import { routeCheck, routeChecks } from '../../../../lambdas/qa/route-checks.ts';
import { noModel } from '../../../../src/adapters/anywhere/language-model.ts';
import type { NewEvent } from '../../../../src/domain/events.ts';
import type { LogLine } from '../../../../src/domain/log-line.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { LanguageModel } from '../../../../src/ports/language-model.ts';
import type { HttpProbeAnswer, HttpProbeRequest, ProbeOutcome } from '../../../../src/ports/probe.ts';
import type { SourceTree } from '../../../../src/ports/source-repository.ts';
import { anExecution } from '../../../contracts/deployment-store.contract.ts';
import { plan } from '../../../fixtures/cli/documents.ts';
import { memoryTree } from '../../../fixtures/memory-tree.ts';
import { attacksOn } from '../../../fixtures/models/attacks.ts';
import { noAnswer, scriptedLanguageModel } from '../../../fixtures/models/scripted-language-model.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';
import { WEB_SUBJECT } from '../../../fixtures/web-subject.ts';
import type { Files } from '../recon/plan-of.ts';

const ROUTES = {
  'server.js': "app.get('/orders', list);\napp.get('/health', ok);\napp.get('/about', page);\n",
};
const answered = (status: number): ProbeOutcome<HttpProbeAnswer> => ({
  reached: true,
  answer: { status, headers: { location: 'https://evil.example/' }, body: '', milliseconds: 4 },
});

/** A repository whose opening never ends. */
const STUCK = 'stuck';

interface Circumstances {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

/** The checks of an application with these files, each request answered in the same way. */
async function checked(
  files: Files | Error | typeof STUCK,
  model: Pick<LanguageModel, 'ask' | 'isConfigured'>,
  outcome: ProbeOutcome<HttpProbeAnswer> = answered(200),
  { clock = stillClock(), signal = new AbortController().signal }: Circumstances = {},
) {
  const events: NewEvent[] = [];
  const logged: LogLine[] = [];
  const requests: HttpProbeRequest[] = [];
  const source = { repository: 'r', commit: 'c', tree: 't', subject: 's', warnings: [] };
  const output = { source, plan: plan(), confidence: 1 };
  const ports = {
    model,
    clock,
    telemetry: { log: (_: string, line: LogLine) => void logged.push(line) },
    store: {
      listStageRuns: async () => [{ stage: 'analyse', status: 'SUCCEEDED', output }],
      appendEvent: async (event: NewEvent) => void events.push(event),
    },
    sources: {
      open: async (): Promise<SourceTree> => {
        if (files instanceof Error) throw files;
        if (files === STUCK) return await new Promise<never>(() => undefined);
        return memoryTree(files);
      },
    },
    probe: {
      http: async (request: HttpProbeRequest) => {
        requests.push(request);
        return outcome;
      },
    },
  } as unknown as QaPorts;
  const checks = await routeChecks(ports, anExecution(), WEB_SUBJECT, signal);
  return { checks, events, requests: requests.map(({ url }) => url), logged: logged.map(({ text }) => text) };
}
const choosing = (...routes: readonly string[]) =>
  scriptedLanguageModel({ checks: { checks: routes.map((route) => ({ route, confidence: 0.9 })) } });

describe('checks that a model proposes', () => {
  test('look at routes of the application once each, and say who proposed them', async () => {
    const { checks, requests, events } = await checked(ROUTES, choosing('route-2', 'route-1'));
    expect(requests).toEqual(['http://shop.example/about', 'http://shop.example/orders']);
    expect(checks[0]).toEqual({
      id: 'route:/about',
      title: 'GET /about answers (a check that a model proposed)',
      result: 'pass',
      evidence: 'status 200; the route is in server.js:3',
      milliseconds: 4,
    });
    expect(events).toEqual([
      expect.objectContaining({
        type: 'decision',
        actor: 'qa',
        message: "routes of the application's own that a model proposed to look at: /about, /orders",
        data: {
          level: 'primary',
          model: 'bedrock:scripted',
          cached: 'no',
          confidence: 0.79,
          evidence: ['server.js:3', 'server.js:1'],
        },
      }),
    ]);
  });

  test.each([
    [200, 'pass', 'status 200;'],
    [302, 'pass', 'status 302;'],
    [401, 'pass', 'it asks who you are'],
    [403, 'pass', 'not everybody may see it'],
    [404, 'pass', 'nothing is at this path'],
    [500, 'warn', 'status 500'],
    [503, 'warn', 'status 503'],
  ])('never fail: status %i is a %s', async (status, result, evidence) => {
    const { checks, requests } = await checked(ROUTES, choosing('route-1'), answered(status));
    expect(checks).toMatchObject([{ result, evidence: expect.stringContaining(evidence) }]);
    expect(requests).toHaveLength(1);
  });

  test('only warn when nothing answers', async () => {
    const silent = { reached: false, reason: 'no answer', milliseconds: 9 } as const;
    const { checks } = await checked(ROUTES, choosing('route-1'), silent);
    expect(checks).toMatchObject([{ result: 'warn', evidence: 'no answer' }]);
  });

  test('are five at most, the surest', async () => {
    const many = Array.from({ length: 9 }, (_, index) => `app.get('/page/${index}', x);`).join('\n');
    const ids = Array.from({ length: 9 }, (_, index) => `route-${index + 1}`);
    expect((await checked({ 'server.js': many }, choosing(...ids))).requests).toHaveLength(5);
  });

  test('are none without a model, and nothing is said of it', async () => {
    expect(await checked(ROUTES, noModel)).toEqual({ checks: [], events: [], requests: [], logged: [] });
  });

  test('have no repository opened for them without a model', async () => {
    const { logged } = await checked(new Error('it is gone'), noModel);
    expect(logged).toEqual([]);
  });

  test('do not wait longer than 20 s for the repository', async () => {
    const slept: number[] = [];
    const clock = { ...stillClock(), sleep: async (milliseconds: number) => void slept.push(milliseconds) };
    const { checks, logged } = await checked(STUCK, scriptedLanguageModel({}), answered(200), { clock });
    expect({ checks, slept }).toEqual({ checks: [], slept: [20_000] });
    expect(logged).toEqual([expect.stringContaining('it takes over 20 s')]);
  });

  test('do not wait for the repository when the verification is cancelled', async () => {
    const signal = AbortSignal.abort();
    const { checks } = await checked(STUCK, scriptedLanguageModel({}), answered(200), { signal });
    expect(checks).toEqual([]);
  });

  test('are none when no model answers, and that is on record', async () => {
    const { checks, events } = await checked(ROUTES, scriptedLanguageModel({ checks: noAnswer('deadline') }));
    expect(checks).toEqual([]);
    expect(events).toMatchObject([
      {
        type: 'decision',
        message: expect.stringContaining('rules decided'),
        data: { level: 'rules', reason: 'deadline' },
      },
    ]);
  });

  test('are none when there is nothing to choose from, and no model is asked', async () => {
    expect((await checked({ 'server.js': 'listen()' }, scriptedLanguageModel({}))).checks).toEqual([]);
  });

  test('are none when the repository cannot be read', async () => {
    const { checks, logged } = await checked(new Error('it is gone'), scriptedLanguageModel({}));
    expect(checks).toEqual([]);
    expect(logged).toEqual([
      expect.stringContaining("without the application's own routes, which cannot be read"),
    ]);
  });

  test('come from every common way to write a route', async () => {
    const model = scriptedLanguageModel({ checks: { checks: [] } });
    const files = {
      'server.js': "router.get('/a', x);\nfastify.route({ method: 'GET', url: '/b', handler });\n",
      'plain.js': "if (request.method === 'GET' && request.url === '/c') list();\n",
      'pages.ts': "@Get('/d')\n",
      'app.py': "@app.get('/e')\n",
    };
    await checked(files, model);
    const routes = (model.questions[0]?.data[0]?.text ?? '')
      .split('\n')
      .map((line) => line.replace(/^.* /, ''));
    expect(routes.sort()).toEqual(['/a', '/b', '/c', '/d', '/e']);
  });

  test('never leave the application', async () => {
    const ports = { probe: { http: () => Promise.reject(new Error('asked')) } } as unknown as QaPorts;
    for (const path of ['//evil.example/x', '/orders?x=1', 'http://169.254.169.254/', '/../x', '/logout']) {
      const route = { path, file: 'server.js', line: 1, excerpt: '' };
      expect(await routeCheck(ports, WEB_SUBJECT, route)).toMatchObject({ result: 'not-applicable' });
    }
  });
});

test.each(attacksOn('qa').map((attack) => [attack.attack, attack] as const))(
  'only harmless routes are asked for when %s',
  async (_, { files, answer, requests, mustNotSay }) => {
    const outcome = await checked(files, scriptedLanguageModel({ checks: answer }));
    expect(outcome.requests).toEqual(requests.map((path) => `http://shop.example${path}`));
    expect(outcome.checks.map(({ result }) => result)).not.toContain('fail');
    for (const part of mustNotSay) expect(JSON.stringify(outcome)).not.toContain(part);
  },
);
