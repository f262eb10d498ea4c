import type { CachePointBlock, ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from '@jest/globals';
import { connectedBedrock, OLDER_SONNET, SONNET } from './connected-bedrock.ts';

const WORDS = (count: number) => 'word '.repeat(count);
const point = (ttl?: '5m' | '1h'): { cachePoint: CachePointBlock } => ({
  cachePoint: { type: 'default', ...(ttl && { ttl }) },
});
const marked = (
  systemWords: number,
  userWords: number,
  ttl?: '5m' | '1h',
): Partial<ConverseCommandInput> => ({
  system: [{ text: WORDS(systemWords) }, point(ttl)],
  messages: [{ role: 'user', content: [{ text: WORDS(userWords) }] }],
});

describe('a marked prefix of a prompt', () => {
  test('is written by the first request and read by later ones', async () => {
    const { server, converse } = await connectedBedrock();
    expect((await converse(marked(2_000, 10))).usage).toMatchObject({
      inputTokens: 14,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 2_000,
      cacheDetails: [{ ttl: '5m', inputTokens: 2_000 }],
      totalTokens: 2_014 + 4,
    });
    expect((await converse(marked(2_000, 20))).usage).toMatchObject({
      inputTokens: 24,
      cacheReadInputTokens: 2_000,
      cacheWriteInputTokens: 0,
    });
    expect(server.totals()).toMatchObject({
      cacheReadTokens: 2_000,
      cacheWriteTokens: { '5m': 2_000, '1h': 0 },
    });
    server.forgetPrompts();
    expect((await converse(marked(2_000, 20))).usage).toMatchObject({ cacheWriteInputTokens: 2_000 });
  });

  test('is another one for another model, and after any change', async () => {
    const { converse } = await connectedBedrock();
    await converse(marked(2_000, 10));
    const written = async (input: Partial<ConverseCommandInput>) =>
      (await converse(input)).usage?.cacheWriteInputTokens;
    expect(await written({ ...marked(2_000, 10), modelId: OLDER_SONNET })).toBe(2_000);
    expect(await written(marked(2_001, 10))).toBe(2_001);
  });

  test('is neither written nor read when it is too short, and nothing says so', async () => {
    const { converse } = await connectedBedrock();
    for (const _ of [1, 2]) {
      expect((await converse(marked(500, 10))).usage).toMatchObject({
        inputTokens: 514,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
      });
    }
  });

  test('that stays for an hour is told apart', async () => {
    const { server, converse } = await connectedBedrock();
    const messages = [{ role: 'user' as const, content: [{ text: WORDS(3_000) }, point('5m')] }];
    const { usage } = await converse({ ...marked(2_000, 0, '1h'), messages });
    expect(usage?.cacheDetails).toEqual([
      { ttl: '1h', inputTokens: 2_000 },
      { ttl: '5m', inputTokens: 3_004 },
    ]);
    expect(server.served).toMatchObject([{ usage: { cacheWriteTokens: { '1h': 2_000, '5m': 3_004 } } }]);
  });

  test('that grew is read as far as it was there, and the rest is written', async () => {
    const { converse } = await connectedBedrock();
    const messages = (words: number) => [
      { role: 'user' as const, content: [{ text: WORDS(words) }, point()] },
    ];
    await converse({ ...marked(2_000, 0), messages: messages(10) });
    const { usage } = await converse({ ...marked(2_000, 0), messages: messages(20) });
    expect(usage).toMatchObject({ inputTokens: 0, cacheReadInputTokens: 2_000, cacheWriteInputTokens: 24 });
  });
});

test('the end of the last turn is found again, though its cache point has moved on', async () => {
  const { converse } = await connectedBedrock();
  const turns = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: [{ text: `${at} ${WORDS(1_499)}` }, ...(at === count - 1 ? [point()] : [])],
    }));
  expect((await converse({ messages: turns(1) })).usage).toMatchObject({ cacheWriteInputTokens: 1_504 });
  expect((await converse({ messages: turns(3) })).usage).toMatchObject({
    cacheReadInputTokens: 1_504,
    cacheWriteInputTokens: 3_008,
  });
});

describe('a cache point', () => {
  const refused = async (input: Partial<ConverseCommandInput>) =>
    (await connectedBedrock()).converse(input).then(
      () => undefined,
      (error: unknown) => error,
    );

  test('is not allowed where the model has no cache', async () => {
    expect(await refused({ ...marked(10, 10), modelId: 'openai.gpt-oss-120b-1:0' })).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('did not allow prompt caching'),
    });
  });

  test('may stand in four places', async () => {
    const system = Array.from({ length: 5 }, (_, at) => [{ text: `part ${at}` }, point()]).flat();
    expect(await refused({ system })).toMatchObject({
      message: expect.stringContaining('A maximum of 4 blocks'),
    });
  });

  test('of an hour does not follow one of five minutes', async () => {
    const system = [{ text: 'one' }, point('5m'), { text: 'two' }, point('1h')];
    expect(await refused({ system, modelId: SONNET })).toMatchObject({
      message: expect.stringContaining('must not come after'),
    });
  });

  test('does not stand on tools of Nova', async () => {
    const tool = { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } };
    const toolConfig = { tools: [tool, point()] };
    expect(await refused({ toolConfig, modelId: 'us.amazon.nova-pro-v1:0' })).toMatchObject({
      message: expect.stringContaining('extraneous key [cachePoint]'),
    });
  });
});
