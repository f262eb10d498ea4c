import { afterEach } from '@jest/globals';
import * as z from 'zod';
import { languageModel } from '../../../../../src/adapters/anywhere/language-model.ts';
import { localAnswerCache } from '../../../../../src/adapters/local/answer-cache.ts';
import { localModelBreakers } from '../../../../../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../../../../../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../../../../../src/adapters/local/state-database.ts';
import type { Breaker } from '../../../../../src/domain/models/breaker.ts';
import type { BudgetAlert } from '../../../../../src/domain/models/budget.ts';
import type { ModelCall } from '../../../../../src/domain/models/model-call.ts';
import type { ModelReference, ModelSettings } from '../../../../../src/domain/models/model-settings.ts';
import type {
  Conversation,
  ConversationEvent,
  LanguageModel,
  Question,
  Reply,
} from '../../../../../src/ports/language-model.ts';
import { type BedrockServer, startBedrock } from '../../../../bedrock/bedrock-server.ts';
import type { Script } from '../../../../bedrock/script.ts';
import { quickClock } from '../../../../fixtures/quick-clock.ts';

const bedrock = (id: string): ModelReference => ({ provider: 'bedrock', id });
export const PRIMARY = 'global.anthropic.claude-sonnet-5-5';
export const SECOND = 'us.anthropic.claude-opus-4-6-v1';
export const CHEAP = 'us.amazon.nova-lite-v1:0';

export const SETTINGS: ModelSettings = {
  models: { primary: bedrock(PRIMARY), second: bedrock(SECOND), cheap: bedrock(CHEAP) },
  embedding: null,
  region: 'us-east-1',
  budgets: { perDayNanoUsd: null, perDeploymentNanoUsd: null },
  keepsPrompts: false,
};

const diagnosis = z.object({ cause: z.string(), share: z.number() });
export type Diagnosis = z.infer<typeof diagnosis>;
export const GOOD: Diagnosis = { cause: 'the port is taken', share: 0.5 };

/** Of a kind that never goes to the cheapest model. */
export const DIAGNOSIS: Question<Diagnosis> = {
  agent: 'medic',
  deploymentId: 'shop',
  kind: 'diagnosis',
  instructions: 'Say why the deployment failed.',
  data: [{ name: 'log of the build', text: 'Error: listen EADDRINUSE: address already in use :::3000' }],
  answer: diagnosis,
  answerVersion: 1,
};
/** Of a kind that begins with the cheapest model. */
export const CHECKS: Question<Diagnosis> = { ...DIAGNOSIS, agent: 'qa', kind: 'checks' };

export const CHAT: Conversation = {
  agent: 'ops',
  deploymentId: 'shop',
  kind: 'chat',
  instructions: 'Help the operator.',
  data: [],
  turns: [{ by: 'operator', text: 'How is the shop?' }],
};

/** How much faster than in life the gateway's time passes: no more, as a busy machine needs some of it to work. */
const SPEED = 5;

export interface Scenario {
  readonly server: BedrockServer;
  readonly model: LanguageModel;
  /** Of a model's breaker: closed too where there is none. */
  breaker(modelId: string): Promise<Pick<Breaker, 'state' | 'failures'>>;
  readonly alerts: readonly BudgetAlert[];
  /** As they were told, in their order. */
  readonly calls: readonly ModelCall[];
  readonly troubles: readonly unknown[];
  ask(question?: Partial<Question<Diagnosis>>, signal?: AbortSignal): Promise<Reply<Diagnosis>>;
  converse(conversation?: Partial<Conversation>, signal?: AbortSignal): Promise<readonly ConversationEvent[]>;
  /** Oldest first. */
  ledger(): Promise<readonly ModelCall[]>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A gateway with stores of its own before a server that follows a script, until the test has ended. */
export async function scenario(
  script?: Script,
  settings: Partial<ModelSettings> = {},
  speed = SPEED,
): Promise<Scenario> {
  const server = await startBedrock(script === undefined ? {} : { script });
  const database = openStateDatabase(':memory:');
  const clock = quickClock(speed);
  const ledger = localModelLedger({ database, clock });
  const breakers = localModelBreakers({ database });
  const [alerts, calls, troubles]: [BudgetAlert[], ModelCall[], unknown[]] = [[], [], []];
  const model = languageModel({
    settings: { ...SETTINGS, ...settings },
    ledger,
    breakers,
    cache: localAnswerCache({ database, clock }),
    clock,
    onAlert: (alert) => void alerts.push(alert),
    onCall: (call) => void calls.push(call),
    onTrouble: (trouble) => void troubles.push(trouble),
    environment: server.environment,
  });
  open.push(async () => {
    await model.close();
    await server.close();
    database.close();
  });
  return {
    server,
    model,
    breaker: async (id) => {
      const { state = 'closed', failures = 0 } = (await breakers.find(`bedrock:${id}`)) ?? {};
      return { state, failures };
    },
    alerts,
    calls,
    troubles,
    ask: (question = {}, signal) => model.ask({ ...DIAGNOSIS, ...question }, signal),
    converse: async (conversation = {}, signal) => {
      const events: ConversationEvent[] = [];
      for await (const event of model.converse({ ...CHAT, ...conversation }, signal)) events.push(event);
      return events;
    },
    ledger: async () => (await ledger.list({ since: '2000-01-01T00:00:00.000Z' })).toReversed(),
  };
}

/** Tokens of all lines of a model, as its server counts them. */
export function totalsOf(lines: readonly ModelCall[], modelId: string) {
  const usages = lines.filter(({ model }) => model === `bedrock:${modelId}`).map(({ usage }) => usage);
  const sum = (of: (usage: ModelCall['usage']) => number) =>
    usages.reduce((total, usage) => total + of(usage), 0);
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    cacheReadTokens: sum(({ cacheReadTokens }) => cacheReadTokens),
    cacheWriteTokens: {
      '5m': sum(({ cacheWriteTokens }) => cacheWriteTokens['5m']),
      '1h': sum(({ cacheWriteTokens }) => cacheWriteTokens['1h']),
    },
  };
}
