import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Span, type SpanOptions, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { asked, GOOD, QUESTION, readsFile } from './asked.ts';

interface Recorded {
  readonly name: string;
  /** Whatever was told to the span. */
  readonly told: unknown[];
  readonly attributes: Record<string, unknown>;
}

/** Keeps all that spans are told. */
class RecordingProvider implements TracerProvider {
  readonly spans: Recorded[] = [];

  getTracer(): Tracer {
    const startSpan = (name: string, options: SpanOptions = {}): Span => {
      const recorded: Recorded = { name, told: [options], attributes: { ...options.attributes } };
      this.spans.push(recorded);
      return recordingSpan(recorded);
    };
    return {
      startSpan,
      startActiveSpan: () => {
        throw new Error('this tracer has no active spans');
      },
    };
  }
}

function recordingSpan(recorded: Recorded): Span {
  const tell =
    (note: (...told: readonly unknown[]) => void = () => undefined) =>
    (...told: readonly unknown[]): Span => {
      recorded.told.push(told);
      note(...told);
      return span;
    };
  const span: Span = {
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }),
    setAttribute: tell((key, value) => {
      recorded.attributes[String(key)] = value;
    }),
    setAttributes: tell((all) => Object.assign(recorded.attributes, all)),
    addEvent: tell(),
    addLink: tell(),
    addLinks: tell(),
    setStatus: tell(),
    updateName: tell(),
    end: tell(),
    isRecording: () => true,
    recordException: tell(),
  };
  return span;
}

let provider = new RecordingProvider();
beforeEach(() => {
  provider = new RecordingProvider();
  trace.setGlobalTracerProvider(provider);
});
afterEach(() => trace.disable());

test('a call is one span with the attributes of the conventions and ours', async () => {
  const { ask } = asked({
    does: 'answer',
    input: { cause: 'the port is taken' },
    billed: { inputTokens: 90, outputTokens: 12 },
  });
  await ask();
  expect(provider.spans).toHaveLength(1);
  expect(provider.spans[0]).toMatchObject({
    name: 'chat global.anthropic.claude-sonnet-5-5',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': 'global.anthropic.claude-sonnet-5-5',
      'gen_ai.request.max_tokens': 1_500,
      'gen_ai.response.finish_reasons': ['toolUse'],
      'gen_ai.usage.input_tokens': 90,
      'gen_ai.usage.output_tokens': 12,
      'hivemind.agent': 'medic',
      'hivemind.level': 'primary',
      'hivemind.cached': 'no',
    },
  });
});

test('an answer that was there already is a span too', async () => {
  const { ask } = asked(GOOD);
  await ask();
  await ask();
  expect(provider.spans.map(({ attributes }) => attributes['hivemind.cached'])).toEqual(['no', 'exact']);
});

test('a failure is told by its code', async () => {
  const { ask } = asked({ does: 'fail', error: new Error('the words of a provider') });
  await ask();
  expect(provider.spans[0]?.attributes['error.type']).toBe('interrupted');
});

test('nothing that was asked, found or answered gets into a trace', async () => {
  const { ask } = asked([{ does: 'use', tool: 'read_file', input: { path: 'PATH-WORD' } }, GOOD]);
  await ask({
    instructions: 'INSTRUCTION-WORD',
    data: [{ name: 'NAME-WORD', text: 'DATA-WORD' }],
    tools: [readsFile(async () => 'FOUND-WORD')],
  });
  const told = JSON.stringify(provider.spans);
  expect(told).not.toMatch(/-WORD|the port is taken/);
  expect(provider.spans).toHaveLength(2);
});

test('nothing that is said in a conversation gets into a trace', async () => {
  const { gateway } = asked({ does: 'say', text: 'SAID-WORD' });
  const { answer: _, answerVersion: __, ...question } = QUESTION;
  const turns = [{ by: 'operator', text: 'TURN-WORD' }] as const;
  const events = [];
  for await (const event of gateway.converse({ ...question, kind: 'chat', turns })) events.push(event);
  expect(events).toContainEqual({ kind: 'text', text: 'SAID-WORD' });
  expect(provider.spans).toHaveLength(1);
  expect(JSON.stringify(provider.spans)).not.toContain('-WORD');
});
