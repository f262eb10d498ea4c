import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { SIMILAR_ENOUGH } from '../../../../../src/adapters/anywhere/language-model/cosine.ts';
import { QUESTION_KINDS } from '../../../../../src/domain/models/question-kind.ts';
import { asked, CAUSE, GOOD, type QUESTION, readsFile } from './asked.ts';

const EMBEDDING = { provider: 'bedrock', id: 'amazon.titan-embed-text-v2:0' } as const;

describe('the same question', () => {
  test('is answered once, and the second answer is free and on record', async () => {
    const { ask, providers, calls } = asked(GOOD);
    const first = await ask();
    const second = await ask();
    expect(second).toEqual({ ...first, cached: 'exact' });
    expect(providers.requests).toHaveLength(1);
    expect(calls[1]).toMatchObject({
      outcome: 'unasked',
      cached: 'exact',
      costNanoUsd: 0,
      attempts: 0,
    });
  });

  test('is asked anew when the time of its answer has come', async () => {
    const { ask, providers, clock } = asked(GOOD);
    await ask();
    await clock.sleep(QUESTION_KINDS.diagnosis.cacheSeconds * 1_000);
    await ask();
    expect(providers.requests).toHaveLength(2);
  });

  test.each([
    ['other data', { data: [{ name: 'log', text: 'it stopped again' }] }],
    ['other instructions', { instructions: 'Say when it stopped.' }],
    ['an answer that may not be reused any more', { answerVersion: 2 }],
    ['another agent', { agent: 'ops' as const }],
    ['another answer', { answer: CAUSE.extend({ since: z.string().optional() }) }],
    ['another tool', { tools: [readsFile(async () => 'a')] }],
  ])('is another one with %s', async (_, change) => {
    const { ask, providers } = asked(GOOD);
    await ask();
    await ask(change);
    expect(providers.requests).toHaveLength(2);
  });

  test('is the same with another secret in its data', async () => {
    const { ask, providers } = asked(GOOD);
    const withSecret = (secret: string) => ({
      data: [{ name: 'log', text: `password=${secret} it stopped` }],
      secrets: [secret],
    });
    await ask(withSecret('hunter2-hunter2'));
    await ask(withSecret('other-secret-value'));
    expect(providers.requests).toHaveLength(1);
    expect(JSON.stringify(providers.requests)).not.toContain('hunter2');
  });

  test('is asked anew where a tool finds something else than before', async () => {
    const use = { does: 'use', tool: 'read_file', input: { path: 'a' } } as const;
    const { ask, providers } = asked([use, GOOD, use, GOOD]);
    let found = 'one';
    const tools = [readsFile(async () => found)];
    await ask({ tools });
    expect(await ask({ tools })).toMatchObject({ cached: 'exact' });
    found = 'two';
    expect(await ask({ tools })).toMatchObject({ cached: 'no' });
    expect(providers.requests).toHaveLength(4);
  });

  test('is asked anew where the kept answer does not fit', async () => {
    const { ask, providers } = asked(GOOD, {
      cache: (cache) => ({
        ...cache,
        find: async (key) => {
          const found = await cache.find(key);
          return found && { ...found, value: { answer: { cause: 7 }, level: 'primary', reads: [] } };
        },
      }),
    });
    await ask();
    expect(await ask()).toMatchObject({ answered: true, cached: 'no' });
    expect(providers.requests).toHaveLength(2);
  });

  test('is asked where the cache cannot be read, and that is told', async () => {
    const failing = async () => {
      throw new Error('the disk is gone');
    };
    const { ask, gateway, troubles } = asked(GOOD, {
      cache: () => ({ find: failing, put: failing, similar: failing }),
    });
    expect(await ask()).toMatchObject({ answered: true });
    await gateway.close();
    expect(troubles).toHaveLength(2);
  });
});

describe('a question of the same meaning', () => {
  const angle = (degrees: number) => [
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ];
  /** The data say which way their vector points. */
  const embed = (text: string) => ({ embedding: angle(Number(/at (\d+)/.exec(text)?.[1])), inputTokens: 9 });
  const at = (degrees: number, kind: typeof QUESTION.kind = 'removal') => ({
    kind,
    data: [{ name: 'log', text: `at ${degrees}` }],
  });
  const world = () => asked(GOOD, { settings: { embedding: EMBEDDING } }, embed);

  test('has the answer of the other, and the embedding is on record', async () => {
    const { ask, calls, providers } = world();
    await ask(at(0));
    const degrees = Math.floor((Math.acos(SIMILAR_ENOUGH) * 180) / Math.PI);
    expect(await ask(at(degrees))).toMatchObject({ answered: true, cached: 'meaning' });
    expect(await ask(at(degrees + 2))).toMatchObject({ cached: 'no' });
    expect(providers.requests).toHaveLength(2);
    expect(calls[0]).toMatchObject({
      model: 'bedrock:amazon.titan-embed-text-v2:0',
      usage: { inputTokens: 9, outputTokens: 0 },
    });
  });

  test.each(['diagnosis', 'security', 'plan', 'checks'] as const)(
    'never has it where it is about %s',
    async (kind) => {
      const { ask, providers } = world();
      await ask(at(0, kind));
      await ask(at(1, kind));
      expect(providers.requests).toHaveLength(2);
    },
  );

  test('is asked where the embedding model fails', async () => {
    const { ask, providers } = asked(GOOD, { settings: { embedding: EMBEDDING } });
    expect(await ask(at(0))).toMatchObject({ answered: true, cached: 'no' });
    expect(providers.requests).toHaveLength(1);
  });

  test.each([
    ['another deployment', 'other-xyz789'],
    ['no deployment', null],
  ])('has not the answer of %s', async (_, deploymentId) => {
    const { ask, providers } = world();
    await ask(at(0));
    expect(await ask({ ...at(1), deploymentId })).toMatchObject({ cached: 'no' });
    expect(await ask({ ...at(0), deploymentId })).toMatchObject({ cached: 'exact' });
    expect(providers.requests).toHaveLength(2);
  });

  test('has not the answer of another agent', async () => {
    const { ask, providers } = world();
    await ask(at(0));
    await ask({ ...at(1), agent: 'ops' });
    expect(providers.requests).toHaveLength(2);
  });
});
