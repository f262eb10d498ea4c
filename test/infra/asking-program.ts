import * as z from 'zod';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import { languageModel } from '../../src/adapters/anywhere/language-model.ts';
import { localAnswerCache } from '../../src/adapters/local/answer-cache.ts';
import { localModelBreakers } from '../../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import type { ModelCall } from '../../src/domain/models/model-call.ts';
import { modelSettings } from '../../src/domain/models/settings-from-variables.ts';
import type { ConversationEvent, Question } from '../../src/ports/language-model.ts';

/** What a program that asks models prints: it is bundled as functions are, and run in a process of its own. */
export interface Asked {
  readonly reply: unknown;
  readonly events: readonly ConversationEvent[];
  /** The ledger's lines. */
  readonly calls: readonly Pick<ModelCall, 'model' | 'outcome' | 'failure' | 'attempts' | 'usage'>[];
  readonly troubles: readonly string[];
}

// As Lambda does: no sleep of the clock keeps a process alive.
setInterval(() => undefined, 60_000);
const database = openStateDatabase(':memory:');
const calls: ModelCall[] = [];
const troubles: string[] = [];
const model = languageModel({
  settings: modelSettings(process.env),
  ledger: localModelLedger({ database, clock: systemClock }),
  breakers: localModelBreakers({ database }),
  cache: localAnswerCache({ database, clock: systemClock }),
  clock: systemClock,
  environment: process.env,
  onAlert: () => undefined,
  onCall: (call) => void calls.push(call),
  onTrouble: (error) => void troubles.push(String(error)),
});
const question: Question<{ standsOut: boolean }> = {
  agent: 'ops',
  deploymentId: null,
  kind: 'anomaly',
  instructions: 'Say whether something stands out.',
  data: [{ name: 'log', text: 'all is well' }],
  answer: z.object({ standsOut: z.boolean() }),
  answerVersion: 1,
};

const reply = await model.ask(question);
const conversation = model.converse({
  agent: 'ops',
  deploymentId: null,
  kind: 'chat',
  instructions: 'Answer the operator.',
  data: [],
  turns: [{ by: 'operator', text: 'is all well?' }],
});
const events: ConversationEvent[] = [];
for await (const event of conversation) events.push(event);
await model.close();
const asked: Asked = { reply, events, calls, troubles };
process.stdout.write(JSON.stringify(asked), () => process.exit(0));
