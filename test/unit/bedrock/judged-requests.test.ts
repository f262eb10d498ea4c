import { type ConverseCommandInput, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from '@jest/globals';
import { startBedrock } from '../../bedrock/bedrock-server.ts';
import { bedrockClient } from '../../bedrock/client.ts';
import { connectedBedrock, HELLO, OLDER_SONNET, SONNET, WITH_ANSWER_TOOL } from './connected-bedrock.ts';

const user = (...texts: readonly string[]) => ({
  role: 'user' as const,
  content: texts.map((text) => ({ text })),
});
const assistant = (text: string) => ({ role: 'assistant' as const, content: [{ text }] });
const used = (toolUseId: string) => ({
  role: 'assistant' as const,
  content: [{ toolUse: { toolUseId, name: 'read_file', input: {} } }],
});
const result = (toolUseId: string, text = 'nothing') => ({
  role: 'user' as const,
  content: [{ toolResult: { toolUseId, content: [{ text }] } }],
});
const toolNamed = (...names: readonly string[]) => ({
  tools: names.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })),
});
const { toolConfig = { tools: [] } } = WITH_ANSWER_TOOL;

describe('a conversation is refused', () => {
  test.each<[string, Partial<ConverseCommandInput>, string]>([
    ['that is empty', { messages: [] }, 'must start with a user message'],
    ['that the model begins', { messages: [assistant('Hi')] }, 'must start with a user message'],
    [
      'where one speaks twice',
      { messages: [user('a'), user('b')] },
      'must alternate between user and assistant',
    ],
    [
      'that the model ends',
      { messages: [user('a'), assistant('b')] },
      'does not support assistant message prefill',
    ],
    ['with a message of nothing', { messages: [{ role: 'user', content: [] }] }, 'messages.0 is empty'],
    ['with a blank text', { messages: [user('a', ' ')] }, 'messages.0.content.1 is blank'],
    ['with a blank instruction', { system: [{ text: '' }] }, 'system.0 is blank'],
    [
      'with tools used but none offered',
      { messages: [user('a'), used('1'), result('1')] },
      'toolConfig field must be',
    ],
    [
      'with an answer of a tool that nobody asked',
      { toolConfig, messages: [result('1')] },
      'exceeds the number of toolUse',
    ],
    [
      'with a tool that did not answer',
      { toolConfig, messages: [user('a'), used('1'), user('b')] },
      'Ids: 1',
    ],
    [
      'with a tool that said nothing',
      { toolConfig, messages: [user('a'), used('1'), result('1', '')] },
      'non-empty',
    ],
    ['with two tools of a name', { toolConfig: toolNamed('look', 'look') }, 'names must be unique'],
    ['with a tool of a bad name', { toolConfig: toolNamed('look at') }, 'regular expression pattern'],
    [
      'that forces a tool it has not',
      { toolConfig: { ...toolNamed('look'), toolChoice: { tool: { name: 'see' } } } },
      "'see' not found",
    ],
    ['that wants no tokens', { inferenceConfig: { maxTokens: 0 } }, 'greater than or equal to 1'],
    [
      'that wants too many tokens',
      { inferenceConfig: { maxTokens: 1_000_000 } },
      'exceeds the model limit of 128000',
    ],
    [
      'with a temperature',
      { inferenceConfig: { temperature: 0 } },
      '`temperature` is deprecated for this model',
    ],
    [
      'that does not fit',
      { messages: [user('a '.repeat(1_000_100))] },
      'prompt is too long: 1000104 tokens > 1000000',
    ],
    [
      'that leaves no room',
      { messages: [user('a '.repeat(999_900))] },
      'exceed context limit: 999904 + 500 > 1000000',
    ],
  ])('%s', async (_, input, words) => {
    const { server, converse } = await connectedBedrock();
    await expect(converse(input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(words),
      $metadata: { httpStatusCode: 400 },
    });
    expect(server.served).toEqual([]);
  });

  test('with definitions in a tool of Nova', async () => {
    const { converse } = await connectedBedrock();
    const json = { type: 'object', properties: {}, $defs: {} };
    const input = {
      modelId: 'us.amazon.nova-pro-v1:0',
      toolConfig: { tools: [{ toolSpec: { name: 'x', inputSchema: { json } } }] },
    };
    await expect(converse(input)).rejects.toThrow('extraneous key [$defs] is not permitted');
    expect((await converse({ ...input, modelId: SONNET })).stopReason).toBe('end_turn');
  });
});

describe('a model', () => {
  test.each([
    SONNET,
    OLDER_SONNET,
    'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
    'global.anthropic.claude-haiku-5-5',
    'us.anthropic.claude-opus-5',
    'amazon.nova-micro-v1:0',
    'openai.gpt-oss-20b-1:0',
    `arn:aws:bedrock:us-east-1:111122223333:inference-profile/${SONNET}`,
    'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/a1b2c3',
    'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0',
  ])('answers as %s', async (modelId) => {
    const { server, converse } = await connectedBedrock();
    expect((await converse({ modelId })).stopReason).toBe('end_turn');
    expect(server.requests).toMatchObject([{ modelId }]);
  });

  test.each([
    'anthropic.claude-sonnet-5-5',
    'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5',
  ])('needs an inference profile where it is %s', async (modelId) => {
    const { converse } = await connectedBedrock();
    await expect(converse({ modelId })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /^Invocation of model ID anthropic\S+ with on-demand throughput isn’t supported\. Retry/,
      ),
    });
  });

  test.each(['gpt-9', 'us.openai.gpt-oss-20b-1:0', 'arn:aws:bedrock:us-east-1:1:agent/x'])(
    'is not %s',
    async (modelId) => {
      const { converse } = await connectedBedrock();
      await expect(converse({ modelId })).rejects.toThrow('The provided model identifier is invalid.');
    },
  );

  test('of an older kind takes a temperature', async () => {
    const { converse } = await connectedBedrock();
    expect((await converse({ modelId: OLDER_SONNET, inferenceConfig: { temperature: 0 } })).stopReason).toBe(
      'end_turn',
    );
  });

  test('that embeds does not converse', async () => {
    const { converse } = await connectedBedrock();
    await expect(converse({ modelId: 'amazon.titan-embed-text-v2:0' })).rejects.toThrow(
      'support the Converse API',
    );
  });
});

describe('a request as it goes over the wire', () => {
  const BEARER = { authorization: 'Bearer test' };
  const post = async (path: string, body: unknown, headers: Record<string, string> = BEARER) => {
    const server = await startBedrock();
    try {
      const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return {
        status: answer.status,
        type: answer.headers.get('x-amzn-errortype') ?? '',
        body: await answer.text(),
      };
    } finally {
      await server.close();
    }
  };
  const PATH = `/model/${SONNET}/converse`;
  const { modelId: _, ...good } = HELLO;

  test('may be signed by a key of Bedrock', async () => {
    expect(await post(PATH, good)).toMatchObject({ status: 200 });
  });

  test('is refused without a signature', async () => {
    const { status, type, body } = await post(PATH, good, {});
    expect({ status, type }).toEqual({
      status: 403,
      type: 'MissingAuthenticationTokenException:http://internal.amazon.com/coral/com.amazon.bedrock/',
    });
    expect(JSON.parse(body)).toEqual({ message: 'Missing Authentication Token' });
  });

  test.each<[string, unknown, string]>([
    [
      'a key that is not known',
      { ...good, max_tokens: 5 },
      '#: extraneous key [max_tokens] is not permitted',
    ],
    ['a model in its body', HELLO, '#: extraneous key [modelId]'],
    [
      'a block that is not known',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
      '#/messages/0/content/0: extraneous key [type]',
    ],
    [
      'a block of two kinds',
      { messages: [{ role: 'user', content: [{ text: 'x', cachePoint: { type: 'default' } }] }] },
      'expected exactly one of',
    ],
    [
      'a text that is a number',
      { messages: [{ role: 'user', content: [{ text: 7 }] }] },
      '#/messages/0/content/0/text: expected type: String',
    ],
    ['messages that are no list', { messages: 'hello' }, '#/messages: expected type: JSONArray'],
    ['a message without a role', { messages: [{ content: [] }] }, 'required key [role] not found'],
    [
      'a role that nobody has',
      { messages: [{ role: 'system', content: [{ text: 'x' }] }] },
      'start with a user message',
    ],
    [
      'tokens that are text',
      { ...good, inferenceConfig: { maxTokens: '5' } },
      '#/inferenceConfig/maxTokens: expected type: Number',
    ],
    ['no JSON', '{"messages"', 'not valid JSON'],
  ])('is refused with %s', async (_name, body, words) => {
    const answer = await post(PATH, body);
    expect(answer).toMatchObject({ status: 400, type: expect.stringMatching(/^ValidationException:/) });
    expect(JSON.parse(answer.body)).toEqual({ message: expect.stringContaining(words) });
  });

  test('is for no operation that is known', async () => {
    expect(await post('/model/x/chat', {})).toMatchObject({ status: 404 });
  });
});

test('tokens are counted as they will be billed', async () => {
  const { server, converse } = await connectedBedrock();
  const { usage } = await converse(WITH_ANSWER_TOOL);
  const client = bedrockClient(server);
  const { modelId, messages, toolConfig: tools } = WITH_ANSWER_TOOL;
  const counted = await client.send(
    new CountTokensCommand({ modelId, input: { converse: { messages, toolConfig: tools } } }),
  );
  client.destroy();
  expect(counted.inputTokens).toBe(usage?.inputTokens);
});
