import { describe, expect, test } from '@jest/globals';
import type { ModelFailure } from '../../../../../src/domain/models/model-call.ts';
import { type Answer, after, fails, hang, reset, structured, throttled } from '../../../../bedrock/answer.ts';
import { needsInferenceProfile, SERVICE_ERRORS } from '../../../../bedrock/service-error.ts';
import { CHEAP, CHECKS, GOOD, PRIMARY, SECOND, SETTINGS, scenario, totalsOf } from './scenario.ts';

const FROM_PRIMARY = { answered: true, value: GOOD, level: 'primary', model: `bedrock:${PRIMARY}` };
const FROM_SECOND = { answered: true, value: GOOD, level: 'second', model: `bedrock:${SECOND}` };
const ANSWER = structured(GOOD);
const MAXIMUM_ATTEMPTS = 4;

describe('a failure that passes', () => {
  test.each<[string, Answer]>([
    ['throttled', throttled()],
    ['throttled for a second', throttled('1')],
    ['throttled until an hour that is past', throttled('Wed, 21 Oct 2015 07:28:00 GMT')],
    ['not ready', fails(SERVICE_ERRORS.modelNotReady)],
    ['an internal error', fails(SERVICE_ERRORS.internal)],
    ['unavailable', fails(SERVICE_ERRORS.unavailable)],
    ['an error of the model', fails(SERVICE_ERRORS.modelError)],
    ['out of time', fails(SERVICE_ERRORS.modelTimeout)],
  ])('is tried again: %s', async (_, failure) => {
    const { server, ask, ledger } = await scenario(after(2, failure, ANSWER));
    expect(await ask()).toMatchObject(FROM_PRIMARY);
    expect(server.received).toBe(3);
    const lines = await ledger();
    expect(lines).toMatchObject([{ outcome: 'answered', attempts: 3, failure: null, isEstimated: false }]);
    expect(totalsOf(lines, PRIMARY)).toEqual({ ...server.totals(PRIMARY), calls: undefined });
  });

  test('is not tried before the provider wants it', async () => {
    const { ask, ledger } = await scenario([throttled('6'), ANSWER]);
    expect(await ask()).toMatchObject(FROM_PRIMARY);
    expect((await ledger())[0]?.latencyMilliseconds).toBeGreaterThanOrEqual(6_000);
  });

  test('is not waited for when the provider wants more time than there is', async () => {
    const { server, ask } = await scenario({ byModel: { [PRIMARY]: throttled('3600'), [SECOND]: ANSWER } });
    expect(await ask()).toMatchObject(FROM_SECOND);
    expect(server.requests.filter(({ modelId }) => modelId === PRIMARY)).toHaveLength(1);
  });

  test('may cost money where the answer was lost on its way', async () => {
    const { server, ask, ledger } = await scenario([reset('connection', true), ANSWER]);
    expect(await ask()).toMatchObject(FROM_PRIMARY);
    const lines = await ledger();
    expect(lines.map(({ outcome, isEstimated }) => ({ outcome, isEstimated }))).toEqual([
      { outcome: 'cut', isEstimated: true },
      { outcome: 'answered', isEstimated: false },
    ]);
    expect(totalsOf(lines, PRIMARY).inputTokens).toBeGreaterThanOrEqual(server.totals(PRIMARY).inputTokens);
  });
});

describe('a failure that stays', () => {
  test.each<[string, Answer, ModelFailure]>([
    ['throttled', throttled(), 'throttled'],
    ['not ready', fails(SERVICE_ERRORS.modelNotReady), 'unavailable'],
    ['an internal error', fails(SERVICE_ERRORS.internal), 'unavailable'],
    ['unavailable', fails(SERVICE_ERRORS.unavailable), 'unavailable'],
  ])('is tried so often, then the next model is asked: %s', async (_, failure, reason) => {
    const { server, ask, ledger } = await scenario({ byModel: { [PRIMARY]: failure, [SECOND]: ANSWER } });
    expect(await ask()).toMatchObject(FROM_SECOND);
    expect(server.requests.map(({ modelId }) => modelId)).toEqual([
      ...Array.from({ length: MAXIMUM_ATTEMPTS }, () => PRIMARY),
      SECOND,
    ]);
    expect(await ledger()).toMatchObject([
      { level: 'primary', outcome: 'failed', failure: reason, attempts: MAXIMUM_ATTEMPTS, costNanoUsd: 0 },
      { level: 'second', outcome: 'answered', attempts: 1 },
    ]);
  });

  test.each<[string, Answer, ModelFailure]>([
    ['no access to the model', fails(SERVICE_ERRORS.noAccess), 'access-denied'],
    ['no permission', fails(SERVICE_ERRORS.notAllowed), 'access-denied'],
    [
      'a model that needs an inference profile',
      fails(needsInferenceProfile('anthropic.claude')),
      'needs-inference-profile',
    ],
    ['a model that does not exist', fails(SERVICE_ERRORS.unknownModel), 'model-not-found'],
    ['a model that is no more', fails(SERVICE_ERRORS.endOfLife), 'model-not-found'],
    ['an expired token', fails(SERVICE_ERRORS.expiredToken), 'not-signed-in'],
    ['an unknown key', fails(SERVICE_ERRORS.unknownKey), 'not-signed-in'],
  ])(
    'is tried once, costs nothing and says nothing of the health of the model: %s',
    async (_, failure, reason) => {
      const { server, ask, ledger, breaker } = await scenario({
        byModel: { [PRIMARY]: failure, [SECOND]: ANSWER },
      });
      expect(await ask()).toMatchObject(FROM_SECOND);
      expect(server.requests.map(({ modelId }) => modelId)).toEqual([PRIMARY, SECOND]);
      expect(await ledger()).toMatchObject([
        { level: 'primary', outcome: 'failed', failure: reason, attempts: 1, costNanoUsd: 0 },
        { level: 'second', outcome: 'answered' },
      ]);
      expect(await breaker(PRIMARY)).toEqual({ state: 'closed', failures: 0 });
    },
  );

  test('of every model leaves it to the rules within the deadline', async () => {
    const { ask, ledger } = await scenario(fails(SERVICE_ERRORS.unavailable));
    expect(await ask(CHECKS)).toEqual({ answered: false, reason: 'unavailable' });
    const lines = await ledger();
    expect(lines.map(({ level }) => level)).toEqual(['cheap', 'primary', 'second', 'rules']);
    expect(lines.at(-1)).toMatchObject({ outcome: 'unasked', model: null, costNanoUsd: 0 });
  });
});

describe('a plain model id where an inference profile is needed', () => {
  test('is told apart, as the service says it', async () => {
    const models = {
      ...SETTINGS.models,
      primary: { provider: 'bedrock', id: 'anthropic.claude-sonnet-5-5' },
    } as const;
    const { ask, ledger } = await scenario(ANSWER, { models });
    expect(await ask()).toMatchObject(FROM_SECOND);
    expect((await ledger())[0]).toMatchObject({ failure: 'needs-inference-profile' });
  });
});

describe('a connection', () => {
  test.each<[string, Answer]>([
    ['that breaks before the answer', reset()],
    ['whose stream breaks before the answer', reset('stream')],
    [
      'that breaks in the middle of the answer',
      structured(GOOD, { delivery: { how: 'reset', after: 1, of: 'connection' } }),
    ],
    ['that ends in the middle of the answer', structured(GOOD, { delivery: { how: 'ends', after: 1 } })],
  ])('%s is tried again', async (_, failure) => {
    const { ask, ledger } = await scenario([failure, ANSWER]);
    expect(await ask()).toMatchObject(FROM_PRIMARY);
    const lines = await ledger();
    expect(lines.at(-1)).toMatchObject({ outcome: 'answered' });
    expect(lines.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(2);
  });

  test('that nobody answers is left, and the next model is asked', async () => {
    const { server, ask, ledger } = await scenario({ byModel: { [PRIMARY]: hang(), [SECOND]: ANSWER } });
    expect(await ask({ deadlineSeconds: 20 })).toMatchObject(FROM_SECOND);
    expect((await ledger())[0]).toMatchObject({ level: 'primary', failure: 'timeout' });
    await server.until(() => server.requests[0]?.ending === 'left');
  });

  test('that nobody answers on any level leaves it to the rules when the deadline has come', async () => {
    const { ask, ledger } = await scenario(hang());
    const { answered } = await ask({ deadlineSeconds: 10 });
    expect(answered).toBe(false);
    expect((await ledger()).at(-1)).toMatchObject({ level: 'rules' });
  });

  test('whose answer comes slowly is listened to', async () => {
    const slow = structured(GOOD, { delivery: { how: 'drip', pauseMilliseconds: 20 } });
    const { ask } = await scenario(slow);
    expect(await ask()).toMatchObject(FROM_PRIMARY);
  });

  test('is closed when the caller does not want an answer any more', async () => {
    const { server, ask, ledger } = await scenario(hang());
    const cancel = new AbortController();
    const asking = ask({}, cancel.signal);
    await server.until(() => server.received === 1);
    cancel.abort();
    expect(await asking).toEqual({ answered: false, reason: 'cancelled' });
    await server.until(() => server.requests[0]?.ending === 'left');
    expect((await ledger())[0]).toMatchObject({ outcome: 'cancelled', failure: 'cancelled' });
  });
});

describe('a breaker', () => {
  test('opens after three calls that failed, for every gateway, and lets one try when its time has come', async () => {
    const down = { byModel: { [PRIMARY]: fails(SERVICE_ERRORS.unavailable), [SECOND]: ANSWER } };
    const { server, ask, breaker } = await scenario(down);
    for (const number of [1, 2, 3]) await ask({ answerVersion: number });
    expect(await breaker(PRIMARY)).toMatchObject({ state: 'open', failures: 3 });
    server.clear();
    expect(await ask({ answerVersion: 4 })).toMatchObject(FROM_SECOND);
    expect(server.requests.map(({ modelId }) => modelId)).toEqual([SECOND]);
  });

  test('of the cheapest model has nothing to do with the others', async () => {
    const { ask, breaker } = await scenario({
      byModel: { [CHEAP]: fails(SERVICE_ERRORS.internal), [PRIMARY]: ANSWER },
    });
    for (const number of [1, 2, 3])
      expect(await ask({ ...CHECKS, answerVersion: number })).toMatchObject(FROM_PRIMARY);
    expect(await breaker(CHEAP)).toMatchObject({ state: 'open' });
    expect(await breaker(PRIMARY)).toEqual({ state: 'closed', failures: 0 });
  });
});

describe('a budget', () => {
  test('that has no room leaves it to the rules, and nothing is sent', async () => {
    const budgets = { perDayNanoUsd: 1, perDeploymentNanoUsd: null };
    const { server, ask, ledger } = await scenario(ANSWER, { budgets });
    expect(await ask()).toEqual({ answered: false, reason: 'budget' });
    expect(server.received).toBe(0);
    expect(await ledger()).toMatchObject([{ level: 'rules', failure: 'budget' }]);
  });
});
