import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { reset, throttled } from '../../bedrock/answer.ts';
import { type BedrockServer, startBedrock } from '../../bedrock/bedrock-server.ts';
import { bedrockClient } from '../../bedrock/client.ts';

const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-english-v3';
const vectorSchema = z.array(z.number());

let server: BedrockServer;
let client: ReturnType<typeof bedrockClient>;
beforeEach(async () => {
  server = await startBedrock();
  client = bedrockClient(server);
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const invoke = async (modelId: string, request: object): Promise<unknown> => {
  const { body } = await client.send(
    new InvokeModelCommand({ modelId, contentType: 'application/json', body: JSON.stringify(request) }),
  );
  return JSON.parse(body.transformToString());
};
const titanVector = async (inputText: string, rest: object = {}) =>
  z.object({ embedding: vectorSchema }).parse(await invoke(TITAN, { inputText, ...rest })).embedding;
const cosine = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

describe('embeddings of Titan', () => {
  test('are unit vectors of as many dimensions as were asked for', async () => {
    for (const dimensions of [256, 512, 1024]) {
      const vector = await titanVector('Which routes does the shop have?', { dimensions });
      expect(vector).toHaveLength(dimensions);
      expect(cosine(vector, vector)).toBeCloseTo(1);
    }
    expect(await titanVector('Which routes?')).toHaveLength(1024);
  });

  test('are the same for the same text, close for a similar one, and far for another', async () => {
    const words =
      'the deployment of the shop failed because the port of its database was taken by another program';
    const question = await titanVector(`${words} again`);
    expect(await titanVector(`${words} again`)).toEqual(question);
    expect(cosine(question, await titanVector(`${words} today`))).toBeGreaterThan(0.95);
    expect(cosine(question, await titanVector('A certificate expires next Monday.'))).toBeLessThan(0.3);
  });

  test('are counted', async () => {
    await titanVector('Which routes does it have?');
    expect(server.served).toMatchObject([
      { modelId: TITAN, operation: 'invoke', usage: { inputTokens: 6, outputTokens: 0 }, isTold: true },
    ]);
  });
});

test('embeddings of Cohere come for many texts at once', async () => {
  const texts = ['one question', 'another question'];
  const answer = z
    .object({ embeddings: z.array(vectorSchema) })
    .parse(await invoke(COHERE, { texts, input_type: 'search_query' }));
  expect(answer.embeddings.map(({ length }) => length)).toEqual([1024, 1024]);
  expect(
    await invoke(COHERE, { texts, input_type: 'search_query', embedding_types: ['float'] }),
  ).toMatchObject({ embeddings: { float: answer.embeddings } });
});

describe('a request for embeddings', () => {
  test.each([
    ['without a text', TITAN, {}],
    ['with an empty text', TITAN, { inputText: '' }],
    ['with a key that is not known', TITAN, { inputText: 'x', size: 3 }],
    ['with other dimensions', TITAN, { inputText: 'x', dimensions: 100 }],
    ['without a purpose', COHERE, { texts: ['x'] }],
    ['to a model that makes none', 'us.amazon.nova-pro-v1:0', { inputText: 'x' }],
  ])('%s is refused', async (_, modelId, request) => {
    await expect(invoke(modelId, request)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(server.served).toEqual([]);
  });

  test('fails as it is told to', async () => {
    server.failEmbeddings(throttled());
    await expect(titanVector('x')).rejects.toMatchObject({ name: 'ThrottlingException' });
    server.failEmbeddings(reset());
    await expect(titanVector('x')).rejects.toThrow();
    server.failEmbeddings(undefined);
    expect(await titanVector('x')).toHaveLength(1024);
  });
});
