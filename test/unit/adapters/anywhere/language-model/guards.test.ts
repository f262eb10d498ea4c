import { describe, expect, test } from '@jest/globals';
import {
  bulkheads,
  CONCURRENT_CALLS,
} from '../../../../../src/adapters/anywhere/language-model/bulkheads.ts';
import type { Breaker } from '../../../../../src/domain/models/breaker.ts';
import type { ModelBreakers } from '../../../../../src/ports/model-breakers.ts';
import type { ModelLedger } from '../../../../../src/ports/model-ledger.ts';
import { awsError, type Serving } from '../../../../fixtures/models/scripted-providers.ts';
import { asked, GOOD } from './asked.ts';

const gone = async (): Promise<never> => {
  throw new Error('the store is gone');
};
const PRIMARY = 'bedrock:global.anthropic.claude-sonnet-5-5';
const DAY = 'day:2026-01-01';

describe('a ledger that cannot be written', () => {
  test('before the call: no model is asked', async () => {
    const { ask, gateway, providers, troubles } = asked(GOOD, {
      ledger: (ledger): ModelLedger => ({ ...ledger, reserve: gone, record: gone }),
    });
    expect(await ask()).toEqual({ answered: false, reason: 'unavailable' });
    expect(providers.requests).toEqual([]);
    await gateway.close();
    expect(troubles.length).toBeGreaterThan(0);
  });

  test('after the call: the answer stands, and its reservation goes on counting', async () => {
    const { ask, gateway, budgets, troubles } = asked(GOOD, {
      settings: { budgets: { perDayNanoUsd: 1e12, perDeploymentNanoUsd: null } },
      ledger: (ledger): ModelLedger => ({ ...ledger, settle: gone }),
    });
    expect(await ask()).toMatchObject({ answered: true });
    await gateway.close();
    const [day] = await budgets([DAY]);
    expect(day?.reservedNanoUsd).toBeGreaterThan(0);
    expect(troubles).toHaveLength(1);
  });

  test('for a moment: it is written when it can be', async () => {
    let tries = 0;
    const { ask, gateway, lines, troubles } = asked(GOOD, {
      ledger: (ledger): ModelLedger => ({
        ...ledger,
        settle: (call, limits) => (++tries < 3 ? gone() : ledger.settle(call, limits)),
      }),
    });
    await ask();
    await gateway.close();
    expect(await lines()).toMatchObject([{ outcome: 'answered' }]);
    expect(troubles).toEqual([]);
  });
});

describe('a budget', () => {
  /** Of one question to the primary model, and more than one to the cheapest. */
  const ROOM_FOR_CHEAP = 5_000_000;

  test('that has no room for a model may have room for a cheaper one', async () => {
    const { ask, lines } = asked(GOOD, {
      settings: { budgets: { perDayNanoUsd: ROOM_FOR_CHEAP, perDeploymentNanoUsd: null } },
    });
    expect(await ask({ kind: 'plan' })).toMatchObject({ level: 'cheap' });
    expect(await ask({ kind: 'security' })).toEqual({ answered: false, reason: 'budget' });
    expect((await lines()).map(({ level }) => level).sort()).toEqual(['cheap', 'rules']);
  });

  test('tells the operator once what is gone of it', async () => {
    const costly: Serving = {
      does: 'answer',
      input: { cause: 'a' },
      billed: { inputTokens: 1_000, outputTokens: 1_500 },
    };
    const { ask, alerts } = asked(costly, {
      settings: { budgets: { perDayNanoUsd: 40_000_000, perDeploymentNanoUsd: null } },
    });
    for (const answerVersion of [1, 2, 3]) await ask({ answerVersion });
    expect(alerts.map(({ percent }) => percent)).toEqual([50, 80]);
  });

  test('is left as it was by a caller who leaves', async () => {
    const { ask, budgets, gateway, lines } = asked(
      { does: 'hang' },
      {
        settings: { budgets: { perDayNanoUsd: 1e12, perDeploymentNanoUsd: null } },
      },
    );
    const cancel = new AbortController();
    const asking = ask({}, cancel.signal);
    await new Promise(setImmediate);
    cancel.abort();
    expect(await asking).toEqual({ answered: false, reason: 'cancelled' });
    await gateway.close();
    expect(await budgets([DAY])).toMatchObject([{ reservedNanoUsd: 0 }]);
    expect((await lines()).map(({ outcome }) => outcome)).not.toContain('open');
  });
});

describe('a breaker', () => {
  const FAILING = { does: 'fail', error: awsError('ServiceUnavailableException', 503) } as const;

  const breakersWith =
    (state: Breaker) =>
    (breakers: ModelBreakers): ModelBreakers => ({
      ...breakers,
      find: async (model) => (await breakers.find(model)) ?? (model === state.model ? state : undefined),
      change: gone,
    });

  test('that opened elsewhere keeps calls away here', async () => {
    const open: Breaker = {
      model: PRIMARY,
      state: 'open',
      failures: 3,
      openedAt: '2026-01-01T00:00:00.000Z',
      probeUntil: null,
      version: 3,
    };
    const { ask, providers } = asked(GOOD, { breakers: breakersWith(open) });
    expect(await ask()).toMatchObject({ answered: true, level: 'second' });
    expect(providers.requests.map(({ model }) => model)).not.toContain(PRIMARY);
  });

  test('whose record cannot be read once is no reason to ask nobody for ever', async () => {
    let reads = 0;
    const silentOnce = (breakers: ModelBreakers): ModelBreakers => ({
      ...breakers,
      find: (model) => {
        reads += model === PRIMARY ? 1 : 0;
        return model === PRIMARY && reads === 1 ? new Promise(() => undefined) : breakers.find(model);
      },
    });
    const { ask } = asked(GOOD, { breakers: silentOnce });
    const [, second] = await Promise.all([1, 2].map((answerVersion) => ask({ answerVersion })));
    expect(second).toMatchObject({ answered: true });
    expect(await ask({ answerVersion: 3 })).toMatchObject({ answered: true, level: 'primary' });
  });

  test('lets one call try when its time has come, and closes when it is answered', async () => {
    let isDown = true;
    const { ask, clock, providers, breakers } = asked(({ model }) =>
      isDown && model === PRIMARY ? FAILING : GOOD,
    );
    for (const answerVersion of [1, 2, 3]) await ask({ answerVersion });
    expect(await breakers.find(PRIMARY)).toMatchObject({ state: 'open' });
    isDown = false;
    await clock.sleep(61_000);
    const before = providers.requests.length;
    const replies = await Promise.all([4, 5, 6].map((answerVersion) => ask({ answerVersion })));
    const tried = providers.requests.slice(before).filter(({ model }) => model === PRIMARY);
    expect(tried).toHaveLength(1);
    expect(replies.map((reply) => reply.answered && reply.level).sort()).toEqual([
      'primary',
      'second',
      'second',
    ]);
    expect(await breakers.find(PRIMARY)).toMatchObject({ state: 'closed' });
  });

  test('opens for every model that hangs, also for the last one, whose last request ends with the time', async () => {
    const { ask, breakers } = asked({ does: 'hang' });
    for (const answerVersion of [1, 2, 3]) {
      expect(await ask({ answerVersion })).toEqual({ answered: false, reason: 'deadline' });
    }
    const states = (await breakers.list()).map(({ state }) => state);
    expect(states).toEqual(['open', 'open']);
  });

  test('is read at most once a second', async () => {
    let reads = 0;
    const { ask } = asked(GOOD, {
      breakers: (breakers) => ({
        ...breakers,
        find: (model) => {
          reads += 1;
          return breakers.find(model);
        },
      }),
    });
    for (const answerVersion of [1, 2, 3, 4]) await ask({ answerVersion });
    expect(reads).toBe(1);
  });

  test('whose store is gone keeps nobody away', async () => {
    const { ask, troubles } = asked(GOOD, { breakers: () => ({ find: gone, list: gone, change: gone }) });
    expect(await ask()).toMatchObject({ answered: true });
    expect(troubles.length).toBeGreaterThan(0);
  });
});

describe('a bulkhead', () => {
  const never = new AbortController().signal;

  test('has eight calls of a model at once, and the others wait their turn', async () => {
    const { enter } = bulkheads();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
      return 'done';
    };
    const all = await Promise.all(Array.from({ length: 50 }, () => enter('a', never, work)));
    expect(most).toBe(CONCURRENT_CALLS);
    expect(new Set(all)).toEqual(new Set(['done']));
  });

  test('of one model leaves the others alone', async () => {
    const { enter } = bulkheads();
    const stuck = Promise.withResolvers<void>();
    const full = Array.from({ length: CONCURRENT_CALLS }, () => enter('a', never, () => stuck.promise));
    expect(await enter('b', never, async () => 'done')).toBe('done');
    stuck.resolve();
    await Promise.all(full);
  });

  test('does not begin what nobody waits for any more', async () => {
    const { enter } = bulkheads();
    const stuck = Promise.withResolvers<void>();
    const full = Array.from({ length: CONCURRENT_CALLS }, () => enter('a', never, () => stuck.promise));
    const leaves = new AbortController();
    const waiting = enter('a', leaves.signal, async () => 'done');
    leaves.abort();
    expect(await waiting).toBeUndefined();
    stuck.resolve();
    await Promise.all(full);
    expect(await enter('a', never, async () => 'done')).toBe('done');
  });
});

test('a closed gateway has let go of its providers', async () => {
  const { ask, gateway, providers, clock } = asked(GOOD);
  await ask();
  await gateway.close();
  expect(providers.isClosed).toBe(true);
  expect(clock.sleepers()).toBe(0);
});
