import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { ModelFailure } from '../../../../../src/domain/models/model-call.ts';
import type { ReadingTool } from '../../../../../src/ports/language-model.ts';
import {
  type Answer,
  contentFiltered,
  empty,
  fails,
  guardrailIntervened,
  message,
  plainRefusal,
  reasoned,
  structured,
  text,
  toolUse,
  truncated,
} from '../../../../bedrock/answer.ts';
import { SERVICE_ERRORS } from '../../../../bedrock/service-error.ts';
import { CHEAP, CHECKS, GOOD, PRIMARY, SECOND, scenario, totalsOf } from './scenario.ts';

const FROM_PRIMARY = {
  answered: true,
  value: GOOD,
  level: 'primary',
  model: `bedrock:${PRIMARY}`,
  cached: 'no',
};
const FROM_SECOND = {
  answered: true,
  value: GOOD,
  level: 'second',
  model: `bedrock:${SECOND}`,
  cached: 'no',
};
const WRONG = structured({ cause: 7 });

describe('a good answer', () => {
  test('is put on record as it was served', async () => {
    const { server, ask, ledger, breaker } = await scenario(structured(GOOD));
    expect(await ask()).toEqual(FROM_PRIMARY);
    const lines = await ledger();
    expect(lines).toMatchObject([
      { level: 'primary', outcome: 'answered', attempts: 1, failure: null, isEstimated: false, prompt: null },
    ]);
    expect(totalsOf(lines, PRIMARY)).toEqual({ ...server.totals(PRIMARY), calls: undefined });
    expect(await breaker(PRIMARY)).toEqual({ state: 'closed', failures: 0 });
  });

  test('may begin with reasoning', async () => {
    const { server, ask, ledger } = await scenario(reasoned('Somebody listens there already.', GOOD));
    expect(await ask()).toEqual(FROM_PRIMARY);
    expect(totalsOf(await ledger(), PRIMARY)).toMatchObject({
      outputTokens: server.totals(PRIMARY).outputTokens,
    });
  });

  test('is not asked for twice', async () => {
    const { server, ask, ledger } = await scenario(structured(GOOD));
    await ask();
    expect(await ask()).toEqual({ ...FROM_PRIMARY, cached: 'exact' });
    expect(server.received).toBe(1);
    expect(await ledger()).toMatchObject([
      { cached: 'no' },
      { cached: 'exact', costNanoUsd: 0, attempts: 0 },
    ]);
  });

  test('sends what the provider takes: most tokens, no temperature', async () => {
    const { server, ask } = await scenario(structured(GOOD));
    await ask();
    expect(server.requests).toMatchObject([{ body: { inferenceConfig: { maxTokens: 1_500 } } }]);
    expect(JSON.stringify(server.requests)).not.toContain('temperature');
  });
});

describe('a tool', () => {
  const readFile: ReadingTool = {
    name: 'read_file',
    description: 'Reads a file.',
    input: z.object({ path: z.string() }),
    read: async (input) => `contents of ${JSON.stringify(input)}`,
  };

  test('is asked, and each call of the model has a line', async () => {
    const script = [toolUse('read_file', { path: 'README.md' }), structured(GOOD)];
    const { server, ask, ledger } = await scenario(script);
    expect(await ask({ tools: [readFile] })).toEqual(FROM_PRIMARY);
    const lines = await ledger();
    expect(lines).toMatchObject([{ outcome: 'answered' }, { outcome: 'answered' }]);
    expect(totalsOf(lines, PRIMARY)).toEqual({ ...server.totals(PRIMARY), calls: undefined });
    expect(JSON.stringify(server.requests[1]?.body)).toContain('contents of');
  });

  test('that is asked for ever ends with the steps of the run', async () => {
    const { server, ask } = await scenario(toolUse('read_file', { path: 'README.md' }));
    expect(await ask({ tools: [readFile] })).toMatchObject({ answered: false, reason: 'invalid-answer' });
    expect(server.received).toBeLessThanOrEqual(4);
    expect(server.requests.at(-1)?.body).toMatchObject({
      toolConfig: { toolChoice: { tool: { name: 'strands_structured_output' } } },
    });
  });

  test('that was not offered is refused to the model, and the run goes on', async () => {
    const { ask } = await scenario([toolUse('delete_everything', {}), structured(GOOD)]);
    expect(await ask({ tools: [readFile] })).toEqual(FROM_PRIMARY);
  });
});

describe('an answer of a wrong shape', () => {
  test('is asked for once more', async () => {
    const { ask, ledger } = await scenario([WRONG, structured(GOOD)]);
    expect(await ask()).toEqual(FROM_PRIMARY);
    expect(await ledger()).toMatchObject([{ outcome: 'invalid' }, { outcome: 'answered' }]);
  });

  test('twice leaves it to the rules', async () => {
    const { server, ask, ledger, breaker } = await scenario(WRONG);
    expect(await ask()).toEqual({ answered: false, reason: 'invalid-answer' });
    expect(server.received).toBe(2);
    expect(await ledger()).toMatchObject([
      { outcome: 'invalid' },
      { outcome: 'invalid' },
      { level: 'rules', model: null, outcome: 'unasked', failure: 'invalid-answer' },
    ]);
    expect(await breaker(PRIMARY)).toEqual({ state: 'closed', failures: 0 });
  });

  test('of the cheapest model goes up', async () => {
    const { ask } = await scenario({ byModel: { [CHEAP]: WRONG, [PRIMARY]: structured(GOOD) } });
    expect(await ask(CHECKS)).toEqual(FROM_PRIMARY);
  });
});

describe('an answer that is none', () => {
  test.each<[string, Answer, ModelFailure]>([
    ['is filtered', contentFiltered(), 'refused'],
    ['is stopped by a guardrail', guardrailIntervened(), 'refused'],
    ['is nothing', empty(), 'empty'],
    ['is only reasoning', message([{ reasoning: 'Hm.' }]), 'empty'],
    ['is too long', truncated(), 'truncated'],
    ['is too long for the window', text('a', { stopReason: 'model_context_window_exceeded' }), 'truncated'],
    ['does not begin, as the prompt is too long', fails(SERVICE_ERRORS.inputTooLong), 'prompt-too-long'],
  ])('because it %s goes to the next model', async (_, first, failure) => {
    const { server, ask, ledger } = await scenario({
      byModel: { [PRIMARY]: first, [SECOND]: structured(GOOD) },
    });
    expect(await ask()).toEqual(FROM_SECOND);
    const lines = await ledger();
    expect(lines).toMatchObject([
      { level: 'primary', failure, attempts: 1 },
      { level: 'second', outcome: 'answered' },
    ]);
    for (const model of [PRIMARY, SECOND]) {
      expect(totalsOf(lines, model)).toEqual({ ...server.totals(model), calls: undefined });
    }
  });

  test('because the model refuses in words is asked for once more', async () => {
    const { server, ask } = await scenario(plainRefusal());
    expect(await ask()).toEqual({ answered: false, reason: 'refused' });
    expect(server.received).toBe(2);
  });

  test('from any model leaves it to the rules', async () => {
    const { ask, ledger } = await scenario(contentFiltered());
    expect(await ask()).toEqual({ answered: false, reason: 'refused' });
    expect((await ledger()).at(-1)).toMatchObject({ level: 'rules', outcome: 'unasked', failure: 'refused' });
  });
});

describe('usage that cannot be true', () => {
  test.each([
    ['negative', { inputTokens: -5 }],
    ['huge', { outputTokens: 9e15 }],
    ['more than the prompt has', { inputTokens: 5_000_000 }],
    ['no number', { inputTokens: 'many' }],
    ['half a token', { outputTokens: 1.5 }],
    ['nothing', { inputTokens: 0, outputTokens: 0 }],
  ])('as it is %s is estimated', async (_, usage) => {
    const { server, ask, ledger } = await scenario(structured(GOOD, { usage }));
    expect(await ask()).toEqual(FROM_PRIMARY);
    const [line] = await ledger();
    expect(line).toMatchObject({ outcome: 'answered', isEstimated: true });
    const { inputTokens = 0, outputTokens = 0 } = line?.usage ?? {};
    const served = server.totals(PRIMARY);
    expect(inputTokens).toBeGreaterThan(served.inputTokens / 10);
    expect(inputTokens).toBeLessThan(served.inputTokens * 10);
    expect(outputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeLessThan(served.outputTokens * 10);
    expect(line?.costNanoUsd).toBeGreaterThan(0);
  });

  test('as there is none is estimated', async () => {
    const { ask, ledger } = await scenario(structured(GOOD, { usage: null }));
    expect(await ask()).toEqual(FROM_PRIMARY);
    expect(await ledger()).toMatchObject([{ outcome: 'answered', isEstimated: true }]);
  });

  test('as its parts do not add up goes by the parts', async () => {
    const { server, ask, ledger } = await scenario(structured(GOOD, { usage: { totalTokens: 1 } }));
    await ask();
    expect(totalsOf(await ledger(), PRIMARY)).toEqual({ ...server.totals(PRIMARY), calls: undefined });
  });
});

test('tokens of a cached prompt are on record as they were served', async () => {
  const script = [toolUse('read_file', { path: 'a' }), toolUse('read_file', { path: 'b' }), structured(GOOD)];
  const { server, ask, ledger } = await scenario(script);
  const read_file: ReadingTool = {
    name: 'read_file',
    description: 'Reads a file.',
    input: z.object({ path: z.string() }),
    read: async () => 'word '.repeat(2_000),
  };
  await ask({ tools: [read_file], data: [{ name: 'log', text: 'word '.repeat(4_000) }] });
  const served = server.totals(PRIMARY);
  expect(served.cacheWriteTokens['5m']).toBeGreaterThan(0);
  expect(served.cacheReadTokens).toBeGreaterThan(0);
  expect(totalsOf(await ledger(), PRIMARY)).toEqual({ ...served, calls: undefined });
});
