import { describe, expect, test } from '@jest/globals';
import { databaseCheck, processesCheck } from '../../../../lambdas/qa/backend-checks.ts';
import type { QaPorts } from '../../../../lambdas/qa/ports.ts';
import { releaseCheck } from '../../../../lambdas/qa/release-check.ts';
import type { WebSubject } from '../../../../lambdas/qa/subject.ts';
import { tlsCheck } from '../../../../lambdas/qa/tls-check.ts';
import type { Instance } from '../../../../src/ports/instance-commands.ts';
import type { DatabaseSubject, HttpProbeRequest, TlsProbeAnswer } from '../../../../src/ports/probe.ts';
import type { TargetHealth } from '../../../../src/ports/traffic-router.ts';
import { WEB_SUBJECT } from '../../../fixtures/web-subject.ts';

const SUBJECT: WebSubject = { ...WEB_SUBJECT, url: 'https://shop.example/' };

const instance = (id: string, change: Partial<Instance> = {}): Instance => ({
  id,
  stack: SUBJECT.stack,
  process: 'web',
  exposed: true,
  host: '10.0.0.1',
  port: 8080,
  state: 'running',
  restarts: 0,
  lastExit: null,
  ...change,
});

const target = (id: string, state: TargetHealth['state'] = 'healthy'): TargetHealth => ({
  id,
  state,
  reason: null,
  lastStatus: 200,
  consecutive: 3,
});

interface World {
  readonly instances?: readonly Instance[];
  readonly targets?: readonly TargetHealth[];
  readonly targetHeader?: string | null;
  /** Status and headers of each answer through the probe route; undefined is no answer. */
  readonly answer?: (count: number) => { status: number; headers?: Record<string, string> } | undefined;
  readonly tls?: Partial<TlsProbeAnswer> | string;
}

function portsOf({ instances = [], targets = [], targetHeader = null, answer, tls = {} }: World) {
  const requests: HttpProbeRequest[] = [];
  const databases: DatabaseSubject[] = [];
  const ports = {
    clock: { now: () => '2026-06-01T00:00:00.000Z' },
    instances: { list: async () => instances },
    router: {
      probeRoute: async () => ({ url: 'https://probe.example/', headers: { 'x-secret': 's' }, targetHeader }),
      health: async () => targets,
    },
    probe: {
      http: async (request: HttpProbeRequest) => {
        requests.push(request);
        const found = answer ? answer(requests.length) : { status: 200 };
        return found
          ? { reached: true, answer: { headers: {}, body: '', milliseconds: 1, ...found } }
          : { reached: false, reason: 'no answer', milliseconds: 1 };
      },
      tls: async () =>
        typeof tls === 'string' ? { reached: false, reason: tls, milliseconds: 1 } : reached(tls),
      sql: async (database: DatabaseSubject) => {
        databases.push(database);
        return { reached: true, answer: { serverVersion: '17.2', milliseconds: 1 } };
      },
    },
  } as unknown as QaPorts;
  return { ports, requests, databases };
}

const reached = (tls: Partial<TlsProbeAnswer>) => ({
  reached: true,
  answer: {
    protocol: 'TLSv1.3',
    subject: 'shop.example',
    validTo: '2026-08-01T00:00:00.000Z',
    authorized: true,
    reason: null,
    milliseconds: 2,
    ...tls,
  },
});

describe('release check', () => {
  const two = [instance('i-1'), instance('i-2')];

  test('believes the load balancer that names the instance', async () => {
    const answer = (count: number) => ({ status: 200, headers: { 'x-target': `i-${(count % 2) + 1}` } });
    const { ports, requests } = portsOf({ instances: two, targetHeader: 'x-target', answer });
    expect(await releaseCheck(ports, SUBJECT)).toMatchObject({ result: 'pass' });
    expect(requests[0]).toMatchObject({ url: 'https://probe.example/health', headers: { 'x-secret': 's' } });
    const other = portsOf({ instances: [instance('i-1')], targetHeader: 'x-target', answer });
    expect(await releaseCheck(other.ports, SUBJECT)).toMatchObject({
      result: 'fail',
      evidence: expect.stringContaining('1 of 2 answers came from release 3 (commit 0123456789ab) on i-1'),
    });
  });

  test('shows that nobody else could have answered', async () => {
    const targets = [target('i-1'), target('i-2'), target('i-0', 'draining')];
    const { ports } = portsOf({ instances: two, targets });
    expect(await releaseCheck(ports, SUBJECT)).toMatchObject({
      result: 'pass',
      evidence:
        'the target group of green has no other instances than release 3 (commit 0123456789ab): i-1, i-2, all healthy; 4 of 4 requests to green were answered well',
    });
  });

  test.each([
    [
      'another instance is there',
      { targets: [target('i-1'), target('i-2'), target('i-9')] },
      'i-9 would answer too',
    ],
    ['an instance is missing', { targets: [target('i-1')] }, 'i-2 of release 3'],
    ['an instance is ill', { targets: [target('i-1'), target('i-2', 'unhealthy')] }, 'i-2 of release 3'],
    [
      'an answer is bad',
      {
        targets: [target('i-1'), target('i-2')],
        answer: (count: number) => ({ status: count === 1 ? 503 : 200 }),
      },
      '3 of 4 requests',
    ],
    [
      'an answer does not come',
      { targets: [target('i-1'), target('i-2')], answer: () => undefined },
      '0 of 4 requests',
    ],
    ['there is no instance', { instances: [], targets: [] }, 'has no instance'],
  ])('fails when %s', async (_, world, evidence) => {
    const { ports } = portsOf({ instances: two, ...world });
    expect(await releaseCheck(ports, SUBJECT)).toMatchObject({
      result: 'fail',
      evidence: expect.stringContaining(evidence),
    });
  });
});

describe('TLS check', () => {
  const check = (tls: World['tls'] & {}, url = SUBJECT.url) =>
    tlsCheck(portsOf({ tls }).ports, { ...SUBJECT, url });

  test.each([
    ['a good certificate', {}, 'pass', 'TLSv1.3, certificate of shop.example, valid until 2026-08-01'],
    ['an expired one', { validTo: '2026-05-31T00:00:00.000Z', authorized: false }, 'fail', 'it has expired'],
    ['one that expires soon', { validTo: '2026-06-04T12:00:00.000Z' }, 'warn', 'it expires in 3 days'],
    [
      'one that nobody trusts',
      { authorized: false, reason: 'it is signed by itself' },
      'warn',
      'it is signed by itself',
    ],
    ['no handshake', 'the server does not speak TLS', 'fail', 'the server does not speak TLS'],
  ])('%s', async (_, tls, result, evidence) => {
    expect(await check(tls)).toMatchObject({
      id: 'tls',
      result,
      evidence: expect.stringContaining(evidence),
    });
  });

  test('plain HTTP is fine on the loopback interface only', async () => {
    expect(await check({}, 'http://127.0.0.1:8080/')).toMatchObject({ result: 'not-applicable' });
    expect(await check({}, 'http://shop.eu-west-1.elb.amazonaws.com/')).toMatchObject({
      result: 'warn',
      evidence: expect.stringContaining('the listener has no certificate'),
    });
  });
});

describe('checks behind the load balancer', () => {
  test('processes count as running when their instance says so', async () => {
    const result = async (...instances: Instance[]) =>
      (await processesCheck(portsOf({ instances }).ports, SUBJECT)).result;
    expect(await result(instance('i-1'))).toBe('pass');
    expect(await result(instance('i-1', { restarts: 1 }))).toBe('warn');
    expect(await result(instance('i-1'), instance('i-2', { unconfirmed: 'no answer' }))).toBe('warn');
    expect(await result(instance('i-1', { state: 'failed' }))).toBe('fail');
    expect(await result()).toBe('fail');
  });

  test('the database is asked for the stack that uses it', async () => {
    const { ports, databases } = portsOf({});
    const database = { secret: 'hivemind/shop-1/database', computeStack: SUBJECT.stack };
    expect(await databaseCheck(ports, database)).toMatchObject({
      result: 'pass',
      evidence: 'PostgreSQL 17.2',
    });
    expect(databases).toEqual([database]);
  });
});
