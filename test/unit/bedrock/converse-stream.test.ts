import type { BedrockRuntimeClientConfig, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  contentFiltered,
  type Delivery,
  empty,
  invalidJson,
  reasoned,
  structured,
  text,
  truncated,
} from '../../bedrock/answer.ts';
import { SERVICE_ERRORS } from '../../bedrock/service-error.ts';
import { connectedBedrock, SONNET, WITH_ANSWER_TOOL } from './connected-bedrock.ts';

const WORDS = 'The quick brown fox jumps over the lazy dog: – 🦊.';
const ANSWER = { cause: 'the port is taken', share: 0.5 };

const kindsOf = (events: readonly ConverseStreamOutput[]) => events.flatMap((event) => Object.keys(event));
const textOf = (events: readonly ConverseStreamOutput[]) =>
  events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '').join('');
const inputOf = (events: readonly ConverseStreamOutput[]) =>
  events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.toolUse?.input ?? '').join('');

describe('answers of ConverseStream', () => {
  test('come in pieces, then why they end, then their tokens', async () => {
    const { server, stream } = await connectedBedrock({ script: text(WORDS) });
    const events = await stream();
    expect(kindsOf(events)).toEqual([
      'messageStart',
      ...Array.from({ length: 4 }, () => 'contentBlockDelta'),
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(textOf(events)).toBe(WORDS);
    expect(events.at(-1)?.metadata?.usage).toMatchObject({
      inputTokens: 10,
      outputTokens: 13,
      totalTokens: 23,
    });
    expect(server.served).toMatchObject([{ modelId: SONNET, usage: { outputTokens: 13 }, isTold: true }]);
  });

  test('go into the tool that takes the answer of a run, its input in pieces of JSON', async () => {
    const { stream } = await connectedBedrock({ script: reasoned('Port 80 it is.', ANSWER) });
    const events = await stream(WITH_ANSWER_TOOL);
    const deltas = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.reasoningContent);
    expect(deltas.map((delta) => delta?.text ?? '').join('')).toBe('Port 80 it is.');
    expect(deltas.some((delta) => delta?.signature !== undefined)).toBe(true);
    const start = events.find(({ contentBlockStart }) => contentBlockStart !== undefined);
    expect(start?.contentBlockStart).toMatchObject({
      contentBlockIndex: 1,
      start: { toolUse: { name: 'strands_structured_output' } },
    });
    expect(JSON.parse(inputOf(events))).toEqual(ANSWER);
    expect(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason).toBe('tool_use');
  });

  test('hand on the input of a tool that is no JSON', async () => {
    const { stream } = await connectedBedrock({ script: invalidJson() });
    const input = inputOf(await stream(WITH_ANSWER_TOOL));
    expect(() => JSON.parse(input)).toThrow();
    expect(input).toContain('the port is ta');
  });

  test.each([
    ['are nothing', empty(), 'end_turn', ''],
    ['are filtered', contentFiltered(), 'content_filtered', ''],
    ['are too long', truncated(), 'max_tokens', 'word word word '],
  ])('%s', async (_, script, reason, words) => {
    const { stream } = await connectedBedrock({ script });
    const events = await stream({ inferenceConfig: { maxTokens: 3 } });
    expect(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason).toBe(reason);
    expect(textOf(events)).toBe(words);
  });

  test('break off in the middle of a tool when they are too long', async () => {
    const { stream } = await connectedBedrock({ script: structured(ANSWER) });
    const events = await stream({ ...WITH_ANSWER_TOOL, inferenceConfig: { maxTokens: 6 } });
    expect(() => JSON.parse(inputOf(events))).toThrow();
  });

  test('arrive slowly', async () => {
    const { stream } = await connectedBedrock({
      script: text(WORDS, { delivery: { how: 'drip', pauseMilliseconds: 2 } }),
    });
    expect(textOf(await stream())).toBe(WORDS);
  });

  test('tell wrong tokens, or none', async () => {
    const { server, stream } = await connectedBedrock({
      script: text('yes', { usage: { inputTokens: -1 } }),
    });
    expect((await stream()).at(-1)?.metadata?.usage).toMatchObject({ inputTokens: -1, outputTokens: 1 });
    server.follow(text('yes', { usage: null }));
    expect((await stream()).at(-1)?.metadata).toEqual({ metrics: { latencyMs: 1 } });
  });
});

describe('a stream that breaks', () => {
  const broken = async (delivery: Delivery, config: BedrockRuntimeClientConfig = {}) => {
    const connected = await connectedBedrock({ script: text(WORDS, { delivery }) }, config);
    const arrived: ConverseStreamOutput[] = [];
    const failure = await connected.stream({}, arrived).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { arrived, failure, server: connected.server };
  };

  // The SDK's client for HTTP/2 tells nothing of a lost connection: such a stream just ends.
  test.each(['connection', 'stream'] as const)('by a reset of the %s has no end', async (of) => {
    const { arrived, server } = await broken({ how: 'reset', after: 3, of });
    expect(kindsOf(arrived)).not.toContain('messageStop');
    expect(server.requests).toMatchObject([{ status: 200, ending: 'cut' }]);
    expect(server.served).toMatchObject([{ isTold: false }]);
  });

  test('by a reset over HTTP/1.1 is an error', async () => {
    const http1 = { requestHandler: new NodeHttpHandler() };
    const { arrived, failure } = await broken({ how: 'reset', after: 3, of: 'connection' }, http1);
    expect(kindsOf(arrived)).not.toContain('messageStop');
    expect(failure).toHaveProperty('message');
  });

  test('has no end and no tokens, though the connection ends as it should', async () => {
    const { arrived, failure } = await broken({ how: 'ends', after: -2 });
    expect(failure).toBeUndefined();
    expect(kindsOf(arrived)).not.toContain('messageStop');
    expect(kindsOf(arrived)).not.toContain('metadata');
    expect(textOf(arrived)).toBe(WORDS);
  });

  test.each([
    ['throttled', 'ThrottlingException'],
    ['modelStreamError', 'ModelStreamErrorException'],
    ['internal', 'InternalServerException'],
    ['unavailable', 'ServiceUnavailableException'],
  ] as const)('by the exception %s', async (error, name) => {
    const { arrived, failure } = await broken({ how: 'exception', after: 3, error: SERVICE_ERRORS[error] });
    expect(arrived).toHaveLength(3);
    expect(failure).toMatchObject({ name, message: SERVICE_ERRORS[error].message });
  });

  test('by an exception that the client does not know', async () => {
    const { failure } = await broken({ how: 'exception', after: 1, error: SERVICE_ERRORS.modelTimeout });
    expect(failure).toMatchObject({ name: 'modelTimeoutException' });
  });

  test('falls silent until the client has had enough, and then has no end', async () => {
    const script = text(WORDS, { delivery: { how: 'hangs', after: 2 } });
    const { server, stream } = await connectedBedrock(
      { script },
      { requestHandler: { requestTimeout: 1_000 } },
    );
    expect(kindsOf(await stream())).toEqual(['messageStart', 'contentBlockDelta']);
    await server.until(() => server.requests[0]?.ending === 'left');
  });
});
