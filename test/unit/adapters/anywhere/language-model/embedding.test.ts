import { describe, expect, test } from '@jest/globals';
import { structured } from '../../../../bedrock/answer.ts';
import { CHECKS, GOOD, scenario } from './scenario.ts';

const MODELS = ['amazon.titan-embed-text-v2:0', 'cohere.embed-english-v3'];
const LOG =
  'GET /orders answered 500 in 12 ms, then GET /orders answered 500 in 14 ms, and the queue of orders grew';

describe.each(MODELS)('meaning by %s over the wire', (id) => {
  const world = () => scenario(structured(GOOD), { embedding: { provider: 'bedrock', id } });
  const about = (text: string) => ({ ...CHECKS, kind: 'anomaly' as const, data: [{ name: 'log', text }] });

  test('finds the answer of a question that is nearly the same', async () => {
    const { server, ask, calls } = await world();
    await ask(about(`${LOG}.`));
    expect(await ask(about(`${LOG}!`))).toMatchObject({ answered: true, cached: 'meaning' });
    expect(server.requests.map(({ operation }) => operation)).toEqual([
      expect.not.stringMatching(/converse/i),
      expect.stringMatching(/converse/i),
      expect.not.stringMatching(/converse/i),
    ]);
    expect(calls[0]).toMatchObject({ model: `bedrock:${id}`, outcome: 'answered', attempts: 1 });
    expect(calls[0]?.costNanoUsd).toBeGreaterThan(0);
  });

  test('tells another question apart', async () => {
    const { ask } = await world();
    await ask(about(LOG));
    expect(await ask(about('the disk of the database is full'))).toMatchObject({ cached: 'no' });
  });

  test('is not asked about a text that is too long for it', async () => {
    const { server, ask } = await world();
    await ask(about('words and words\n'.repeat(3_000)));
    expect(server.received).toBe(1);
  });
});
