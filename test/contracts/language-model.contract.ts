import { expect, test } from '@jest/globals';
import * as z from 'zod';
import type {
  Conversation,
  ConversationEvent,
  LanguageModel,
  Question,
} from '../../src/ports/language-model.ts';

const answer = z.object({ cause: z.string() });
const asked = {
  agent: 'medic',
  deploymentId: 'shop',
  instructions: 'Say why it stopped.',
  data: [],
} as const;
const QUESTION: Question<z.infer<typeof answer>> = { ...asked, kind: 'diagnosis', answer, answerVersion: 1 };
const CHAT: Conversation = { ...asked, kind: 'chat', turns: [{ by: 'operator', text: 'How is the shop?' }] };

/** What every LanguageModel does, whether it answers or not. */
export function languageModelContract(make: () => Promise<LanguageModel>): void {
  test('gives an answer of the shape that was asked for, or a reason', async () => {
    const reply = await (await make()).ask(QUESTION);
    if (reply.answered) expect(answer.safeParse(reply.value).success).toBe(true);
    else expect(reply.reason).toEqual(expect.any(String));
  });

  test('answers nothing where it is not configured', async () => {
    const model = await make();
    const reply = await model.ask(QUESTION);
    const isUnconfigured = !reply.answered && reply.reason === 'not-configured';
    expect(model.isConfigured).toBe(!isUnconfigured);
  });

  test('has no answer for somebody who has left', async () => {
    expect(await (await make()).ask(QUESTION, AbortSignal.abort())).toMatchObject({ answered: false });
  });

  test('ends a conversation once, with its end or its failure', async () => {
    const ends = ['end', 'failed'];
    const events = await all((await make()).converse(CHAT));
    expect(events.map(({ kind }) => ends.includes(kind)).lastIndexOf(false)).toBe(events.length - 2);
    expect(ends).toContain(events.at(-1)?.kind);
  });

  test('ends a conversation for somebody who has left', async () => {
    const events = await all((await make()).converse(CHAT, AbortSignal.abort()));
    expect(events).toEqual([{ kind: 'failed', reason: expect.any(String) }]);
  });
}

async function all(events: AsyncIterable<ConversationEvent>): Promise<readonly ConversationEvent[]> {
  const read: ConversationEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}
