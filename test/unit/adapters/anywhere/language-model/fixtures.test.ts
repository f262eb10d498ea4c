import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { clockContract } from '../../../../contracts/clock.contract.ts';
import { leapClock } from '../../../../fixtures/models/leap-clock.ts';
import { scriptedProviders } from '../../../../fixtures/models/scripted-providers.ts';

const clock = leapClock();
afterAll(() => clock.stop());
afterEach(() => expect(clock.sleepers()).toBe(0));

describe('the clock that leaps', () => {
  clockContract(clock);

  test('wakes sleepers in the order of their time', async () => {
    const woken: number[] = [];
    await Promise.all([500, 100, 300].map((time) => clock.sleep(time).then(() => woken.push(time))));
    expect(woken).toEqual([100, 300, 500]);
  });

  test('is at the time that a sleeper waited for', async () => {
    const began = Date.parse(clock.now());
    await clock.sleep(3_600_000);
    expect(Date.parse(clock.now()) - began).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe('scripted providers', () => {
  const reference = { provider: 'bedrock', id: 'a' } as const;
  const use = { maximumOutputTokens: 1, streams: false, cachesConversation: false };

  test('count what is lost as served and what fails as not', async () => {
    const providers = scriptedProviders(({ options }) =>
      options.systemPrompt === 'lose' ? { does: 'lose' } : { does: 'fail', error: new Error('no') },
    );
    const model = await providers.model(reference, use);
    for (const systemPrompt of ['lose', 'fail']) {
      await expect(model?.stream([], { systemPrompt })[Symbol.asyncIterator]().next()).rejects.toThrow();
    }
    expect(providers.requests).toHaveLength(2);
    expect(providers.served).toMatchObject([{ model: 'bedrock:a', isTold: false }]);
  });

  test('refuse what no script says', async () => {
    const providers = scriptedProviders(() => ({ does: 'hang' }));
    await expect(providers.embed(reference, 'a', AbortSignal.abort())).rejects.toThrow('no embeddings');
    const model = await providers.model(reference, use);
    expect(() => model?.updateConfig({})).toThrow('not configured');
  });
});
