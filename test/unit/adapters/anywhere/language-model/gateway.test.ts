import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../../../../../src/adapters/anywhere/language-model/parts.ts';
import { languageModel, noModel } from '../../../../../src/adapters/anywhere/language-model.ts';
import type { ModelReference } from '../../../../../src/domain/models/model-settings.ts';
import { SCRIPTED_SETTINGS } from '../../../../fixtures/models/gateway-world.ts';
import { leapClock } from '../../../../fixtures/models/leap-clock.ts';
import { asked, GOOD, QUESTION } from './asked.ts';

const untouched = async (): Promise<never> => {
  throw new Error('this store is not to be touched');
};

/** With this model alone, and stores that take whatever is put on record. */
function only(primary: ModelReference | null, environment: GatewayOptions['environment'] = {}) {
  const troubles: unknown[] = [];
  const clock = leapClock();
  const model = languageModel({
    settings: { ...SCRIPTED_SETTINGS, models: { primary, second: null, cheap: null } },
    ledger: {
      reserve: untouched,
      settle: untouched,
      record: async () => undefined,
      budgets: untouched,
      list: untouched,
    },
    breakers: { find: untouched, list: untouched, change: untouched },
    cache: { find: async () => undefined, put: untouched, similar: untouched },
    clock,
    onAlert: () => undefined,
    onCall: () => undefined,
    onTrouble: (trouble) => void troubles.push(trouble),
    environment,
  });
  const close = async () => {
    await model.close();
    clock.stop();
  };
  return { model, troubles, close };
}

test('without a model nothing is asked, and nothing is put on record', async () => {
  const { model, close } = only(null);
  expect(await model.ask(QUESTION)).toEqual({ answered: false, reason: 'not-configured' });
  expect(await noModel.ask(QUESTION)).toEqual(await model.ask(QUESTION));
  await close();
});

describe('a provider whose SDK is not part of HiveMind', () => {
  test.each([
    ['openai', 'OPENAI_API_KEY', 'npm install openai'],
    ['anthropic', 'ANTHROPIC_API_KEY', 'npm install @anthropic-ai/sdk'],
    ['google', 'GEMINI_API_KEY', 'npm install @google/genai'],
  ] as const)('%s is asked for its package', async (provider, key, command) => {
    const { model, troubles, close } = only({ provider, id: 'a-model' }, { [key]: 'a key' });
    expect(await model.ask(QUESTION)).toEqual({ answered: false, reason: 'not-configured' });
    await model.ask(QUESTION);
    expect(troubles).toEqual([
      expect.objectContaining({ name: 'ToolMissing', hint: expect.stringContaining(command) }),
    ]);
    await close();
  });

  test('is asked for its key first', async () => {
    const { model, troubles, close } = only({ provider: 'openai', id: 'a-model' });
    await model.ask(QUESTION);
    expect(troubles).toEqual([expect.objectContaining({ hint: expect.stringContaining('OPENAI_API_KEY') })]);
    await close();
  });
});

describe('nothing grows', () => {
  test('on the signal of a caller', async () => {
    const { ask } = asked(GOOD);
    const { signal } = new AbortController();
    for (const answerVersion of [1, 2, 3]) await ask({ answerVersion }, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('on the clock', async () => {
    const { ask, clock } = asked(GOOD);
    for (const answerVersion of [1, 2, 3]) await ask({ answerVersion });
    expect(clock.sleepers()).toBe(0);
  });
});

test('a caller who has left already is not asked for', async () => {
  const { ask, providers, lines } = asked(GOOD);
  expect(await ask({}, AbortSignal.abort())).toEqual({ answered: false, reason: 'cancelled' });
  expect(providers.requests).toEqual([]);
  expect(await lines()).toEqual([]);
});

test('a prompt is on record where that is wanted, without its secrets', async () => {
  const { ask, calls } = asked(GOOD, { settings: { keepsPrompts: true } });
  await ask({
    data: [{ name: 'log', text: 'it stopped with hunter2-hunter2' }],
    secrets: ['hunter2-hunter2'],
  });
  expect(calls[0]?.prompt).toContain('it stopped with');
  expect(calls[0]?.prompt).not.toContain('hunter2');
});

test('the answer is there within the deadline although a store never answers', async () => {
  const never = () => new Promise<never>(() => undefined);
  const { gateway, clock } = asked(GOOD, { breakers: () => ({ find: never, list: never, change: never }) });
  const began = Date.parse(clock.now());
  expect(await gateway.ask(QUESTION)).toEqual({ answered: false, reason: 'deadline' });
  expect(Date.parse(clock.now()) - began).toBeLessThanOrEqual(45_100);
});
