import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { ConversationEvent } from '../../../../../src/ports/language-model.ts';
import {
  type Answer,
  contentFiltered,
  type Delivery,
  fails,
  hang,
  invalidJson,
  text,
  throttled,
  toolUse,
  truncated,
} from '../../../../bedrock/answer.ts';
import { SERVICE_ERRORS } from '../../../../bedrock/service-error.ts';
import { PRIMARY, SECOND, scenario, totalsOf } from './scenario.ts';

const WORDS = 'The shop is well: three instances, no errors since this morning.';
const END = { kind: 'end', level: 'primary', model: `bedrock:${PRIMARY}` };
const END_OF_SECOND = { kind: 'end', level: 'second', model: `bedrock:${SECOND}` };

/** Text that counts: what was said before the last `again` does not. */
const wordsOf = (events: readonly ConversationEvent[]) => {
  const begin = events.findLastIndex(({ kind }) => kind === 'again') + 1;
  return events
    .slice(begin)
    .map((event) => (event.kind === 'text' ? event.text : ''))
    .join('');
};

describe('a conversation', () => {
  test('is heard as it is written, and put on record as it was served', async () => {
    const { server, converse, ledger } = await scenario(text(WORDS));
    const events = await converse();
    expect(wordsOf(events)).toBe(WORDS);
    expect(events.at(-1)).toEqual(END);
    const lines = await ledger();
    expect(lines).toMatchObject([{ kind: 'chat', outcome: 'answered', attempts: 1, isEstimated: false }]);
    expect(totalsOf(lines, PRIMARY)).toEqual({ ...server.totals(PRIMARY), calls: undefined });
    expect(server.requests).toMatchObject([{ operation: 'converse-stream' }]);
  });

  test('that comes slowly is heard to the end', async () => {
    const { converse } = await scenario(text(WORDS, { delivery: { how: 'drip', pauseMilliseconds: 5 } }));
    const events = await converse();
    expect(wordsOf(events)).toBe(WORDS);
    expect(events.at(-1)).toEqual(END);
  });

  test('that is cut at its most tokens has its words', async () => {
    const { converse } = await scenario(truncated('ok '));
    const events = await converse();
    expect(wordsOf(events)).toMatch(/^ok ok/);
    expect(events.at(-1)).toEqual(END);
  });

  test('proposes what the operator decides on', async () => {
    const proposal = { name: 'restart', description: 'Restarts it.', input: z.object({ name: z.string() }) };
    const { converse } = await scenario([toolUse('restart', { name: 'shop' }), text('As you wish.')]);
    const events = await converse({ proposals: [proposal] });
    expect(events).toContainEqual({ kind: 'proposal', action: { tool: 'restart', input: { name: 'shop' } } });
    expect(events.at(-1)).toEqual(END);
  });

  test('does not break at the input of a tool that is no JSON', async () => {
    const proposal = { name: 'restart', description: 'Restarts it.', input: z.object({ name: z.string() }) };
    const { converse } = await scenario([invalidJson('restart'), text('I could not.')]);
    const events = await converse({ proposals: [proposal] });
    expect(events.filter(({ kind }) => kind === 'proposal')).toEqual([]);
    expect(events.at(-1)).toEqual(END);
  });
});

describe('a stream that breaks', () => {
  const cut = (delivery: Delivery): Answer => text(WORDS, { delivery });
  const broken: readonly [string, Answer][] = [
    ['by a reset of the connection', cut({ how: 'reset', after: 3, of: 'connection' })],
    ['without its end', cut({ how: 'ends', after: -2 })],
    ['after three events', cut({ how: 'ends', after: 3 })],
    ['by throttling', cut({ how: 'exception', after: 3, error: SERVICE_ERRORS.throttled })],
    ['by an internal error', cut({ how: 'exception', after: 3, error: SERVICE_ERRORS.internal })],
    ['by an error of the model', cut({ how: 'exception', after: 3, error: SERVICE_ERRORS.modelStreamError })],
    [
      'by an error that the SDK does not know',
      cut({ how: 'exception', after: 3, error: SERVICE_ERRORS.modelTimeout }),
    ],
  ];

  test.each(broken)('%s is told, and begins again', async (_, failure) => {
    const { server, converse, ledger } = await scenario([failure, text(WORDS)]);
    const events = await converse();
    expect(wordsOf(events)).toBe(WORDS);
    expect(events.at(-1)).toEqual(END);
    expect(server.received).toBe(2);
    const lines = await ledger();
    expect(lines.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(2);
    expect(totalsOf(lines, PRIMARY).inputTokens).toBeGreaterThanOrEqual(server.totals(PRIMARY).inputTokens);
  });

  test('as it falls silent goes on to the next model', async () => {
    const silent = cut({ how: 'hangs', after: 3 });
    const { converse } = await scenario({ byModel: { [PRIMARY]: silent, [SECOND]: text(WORDS) } });
    const events = await converse();
    expect(wordsOf(events)).toBe(WORDS);
    expect(events.at(-1)).toEqual(END_OF_SECOND);
    expect(events.filter(({ kind }) => kind === 'again').length).toBeGreaterThan(0);
  });

  test('only in its last event, after its end, keeps its words and estimates its tokens', async () => {
    const { converse, ledger } = await scenario(cut({ how: 'ends', after: -1 }));
    const events = await converse();
    expect(wordsOf(events)).toBe(WORDS);
    expect(events.at(-1)).toEqual(END);
    expect(await ledger()).toMatchObject([{ outcome: 'answered', isEstimated: true }]);
  });
});

describe('a conversation that nobody answers', () => {
  test.each<[string, Answer, string]>([
    ['throttled', throttled(), 'throttled'],
    ['unavailable', fails(SERVICE_ERRORS.unavailable), 'unavailable'],
    ['filtered', contentFiltered(), 'refused'],
    ['forbidden', fails(SERVICE_ERRORS.noAccess), 'access-denied'],
  ])('says why: %s', async (_, script, reason) => {
    const { converse } = await scenario(script);
    expect((await converse()).at(-1)).toEqual({ kind: 'failed', reason });
  });

  test('ends when the operator leaves', async () => {
    const { server, converse } = await scenario(hang());
    const cancel = new AbortController();
    const talking = converse({}, cancel.signal);
    await server.until(() => server.received === 1);
    cancel.abort();
    expect((await talking).at(-1)).toEqual({ kind: 'failed', reason: 'cancelled' });
    await server.until(() => server.requests[0]?.ending === 'left');
  });
});
