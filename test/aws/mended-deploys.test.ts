import { describe, expect, test } from '@jest/globals';
import { ailingDeploysForAll, groupFailed, makesInstances } from './ailing-deploys.ts';
import { throttled } from './proxy.ts';

const MINUTES = 60_000;

const ailing = ailingDeploysForAll();

const MENDED_UNASKED = ['decision', 'fix.proposed', 'fix.applied', 'fix.concluded'];
const MENDED_ASKED = ['decision', 'fix.proposed', 'fix.answered', 'fix.applied', 'fix.concluded'];

test(
  'throttling beyond all attempts: waited for without asking, and ACTIVE',
  async () => {
    ailing().weather = async (call) =>
      makesInstances(call) && (await ailing().fixes('busy')).length === 0 ? throttled(call) : undefined;
    const { code, text } = await ailing().deploy('busy');
    expect([code, text]).toEqual([0, expect.stringContaining('release 1 is live')]);
    expect(await ailing().fixes('busy')).toMatchObject([
      {
        cause: 'api_throttled',
        action: 'retry_with_backoff',
        risk: 'safe',
        isAsked: false,
        status: 'VALIDATED',
        stage: 'compute',
        pauseSeconds: 15,
      },
    ]);
    expect(await ailing().deployment('busy')).toMatchObject({ status: 'ACTIVE', liveRelease: 1 });
    expect(await ailing().history('busy')).toEqual(MENDED_UNASKED);
    await ailing().destroy('busy');
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);

const STUCK = groupFailed(
  'Resource handler returned message: "Exceeded attempts to wait" (RequestToken: 1, HandlerErrorCode: NotStabilized)',
);

describe('a stack that is rolled back for no reason that is known', () => {
  test(
    'is made anew when the operator agrees, under the task token of the workflow',
    async () => {
      const { taskTokens } = ailing().platform;
      const before = taskTokens.used;
      ailing().rollBack(STUCK);
      const { said, ended } = await ailing().begin('rolled');
      const { id, ...question } = await ailing().question('rolled');
      expect(question).toMatchObject({
        cause: 'stack_rollback_complete',
        action: 'delete_and_recreate_stack',
        risk: 'needs-approval',
        isAsked: true,
        stage: 'compute',
        evidence: [expect.stringContaining('Exceeded attempts to wait')],
      });
      expect(await ailing().deployment('rolled')).toMatchObject({ status: 'AWAITING_FIX' });
      const left = await said;
      expect([left.code, left.text]).toEqual([
        expect.any(Number),
        expect.stringContaining(`hivemind approve ${id}`),
      ]);
      expect(left.code).not.toBe(0);
      expect(ailing().told('rolled')).toEqual(['HiveMind: rolled waits for your answer']);

      const approved = await ailing().run('approve', id);
      await ended;
      expect([approved.code, approved.text]).toEqual([0, expect.stringContaining('release 1 is live')]);
      expect(await ailing().deployment('rolled')).toMatchObject({ status: 'ACTIVE', liveRelease: 1 });
      expect(await ailing().fixes('rolled')).toMatchObject([{ id, status: 'VALIDATED' }]);
      expect(await ailing().history('rolled')).toEqual(MENDED_ASKED);
      expect(taskTokens.used).toBe(before + 1);
      const again = await ailing().run('approve', id);
      expect([again.code, again.text]).toEqual([
        expect.any(Number),
        expect.stringContaining('takes no answer any more'),
      ]);
      expect(taskTokens.used).toBe(before + 1);

      await ailing().destroy('rolled');
      expect(await ailing().whatIsLeft()).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    'stays as it is when the operator declines, until it is destroyed',
    async () => {
      ailing().rollBack(STUCK);
      const { said, ended } = await ailing().begin('declined');
      const { id } = await ailing().question('declined');
      await said;
      const rejected = await ailing().run('reject', id);
      await ended;
      expect([rejected.code, rejected.text]).toEqual([0, expect.stringContaining('declined is FAILED')]);
      const failed = await ailing().deployment('declined');
      expect(failed).toMatchObject({ status: 'FAILED', failure: { code: 'StackFailed', stage: 'compute' } });
      expect(await ailing().fixes('declined')).toMatchObject([{ id, status: 'REJECTED' }]);
      expect(await ailing().history('declined')).toEqual(['decision', 'fix.proposed', 'fix.answered']);
      expect(await ailing().whatIsLeft()).toContain(`${failed.id}-compute-blue`);
      await ailing().destroy('declined');
      expect(await ailing().whatIsLeft()).toEqual([]);
    },
    4 * MINUTES,
  );
});

/** Answers one path, which nothing but its source tells. */
const CATALOGUE = {
  'package.json': JSON.stringify({ name: 'catalogue', scripts: { start: 'node server.js' } }),
  'server.js': `require('node:http').createServer((request, answer) => {
    answer.writeHead(request.url === '/catalogue' ? 200 : 404).end();
  }).listen(process.env.PORT);\n`,
};

test(
  'a target that stays unhealthy because of the path of its check: another path without asking, and ACTIVE',
  async () => {
    let path = '/';
    ailing().weather = ({ service, action, body }) => {
      if (service === 'cloudformation') path = healthCheckPathIn(body) ?? path;
      return action === 'DescribeTargetHealth' && path !== '/catalogue' ? { rewrite: unhealthy } : undefined;
    };
    const { code, text } = await ailing().deploy('catalogue', CATALOGUE);
    // Another configuration is another release; the first one has never served.
    expect([code, text]).toEqual([0, expect.stringContaining('release 2 is live')]);
    expect(await ailing().fixes('catalogue')).toMatchObject([
      {
        cause: 'health_check_code_mismatch',
        action: 'change_health_check',
        isAsked: false,
        status: 'VALIDATED',
        stage: 'release',
        shown: [{ setting: 'healthCheckPath', from: '/', to: '/catalogue' }],
      },
    ]);
    expect(await ailing().deployment('catalogue')).toMatchObject({ status: 'ACTIVE' });
    expect(await ailing().history('catalogue')).toEqual(MENDED_UNASKED);
    await ailing().destroy('catalogue');
    expect(await ailing().whatIsLeft()).toEqual([]);
  },
  4 * MINUTES,
);

/** What a call to CloudFormation asks the load balancer to check. */
function healthCheckPathIn(body: string): string | undefined {
  const form = new URLSearchParams(body);
  const [key] = [...form].find(([, value]) => value === 'BlueHealthCheckPath') ?? [];
  return key && (form.get(key.replace(/Key$/, 'Value')) ?? undefined);
}

const unhealthy = (body: string): string =>
  body.replaceAll(
    /<State>(?:healthy|initial)<\/State>/g,
    '<State>unhealthy</State><Reason>Target.ResponseCodeMismatch</Reason><Description>Health checks failed with these codes: [404]</Description>',
  );
