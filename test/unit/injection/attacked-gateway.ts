import type { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { languageModel } from '../../../src/adapters/anywhere/language-model.ts';
import { localAnswerCache } from '../../../src/adapters/local/answer-cache.ts';
import { localModelBreakers } from '../../../src/adapters/local/model-breakers.ts';
import { localModelLedger } from '../../../src/adapters/local/model-ledger.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import type { ModelCall } from '../../../src/domain/models/model-call.ts';
import type { LanguageModel } from '../../../src/ports/language-model.ts';
import { type BedrockServer, startBedrock } from '../../bedrock/bedrock-server.ts';
import type { Script } from '../../bedrock/script.ts';
import { SCRIPTED_SETTINGS } from '../../fixtures/models/gateway-world.ts';
import { quickClock } from '../../fixtures/quick-clock.ts';
import { leaksIn } from './planted-secrets.ts';
import { recordSpans } from './recorded-spans.ts';

/** The whole gateway before a server with a model that does what attackers want, and everything that it leaves behind. */
export interface AttackedGateway {
  readonly model: LanguageModel;
  /** Of the stores of the gateway, and of what the agents put on record beside them. */
  readonly database: DatabaseSync;
  readonly calls: readonly ModelCall[];
  /** Bodies of all requests that left the machine. */
  sent(): readonly string[];
  /** All of what is left: requests, ledger, breakers, cache, state, spans, troubles. */
  remains(): string;
}

let server: BedrockServer;
beforeAll(async () => {
  server = await startBedrock();
});
afterAll(() => server.close());

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A gateway with stores of its own, until the test has ended. It keeps prompts, as for an operator who looks into what was asked. */
export function attackedGateway(script: Script): AttackedGateway {
  const spans = recordSpans();
  server.clear();
  server.follow(script);
  const database = openStateDatabase(':memory:');
  const clock = quickClock(1);
  const [calls, troubles]: [ModelCall[], unknown[]] = [[], []];
  const model = languageModel({
    settings: { ...SCRIPTED_SETTINGS, region: 'us-east-1', keepsPrompts: true },
    ledger: localModelLedger({ database, clock }),
    breakers: localModelBreakers({ database }),
    cache: localAnswerCache({ database, clock }),
    clock,
    onAlert: () => undefined,
    onCall: (call) => void calls.push(call),
    onTrouble: (trouble) => void troubles.push(trouble),
    environment: server.environment,
  });
  open.push(async () => {
    await model.close();
    database.close();
  });
  const sent = () => server.requests.map(({ body }) => JSON.stringify(body));
  return {
    model,
    database,
    calls,
    sent,
    remains: () =>
      [
        ...sent(),
        ...rowsOf(database),
        JSON.stringify(calls),
        JSON.stringify(spans),
        troubles.map(told).join(),
      ].join('\n'),
  };
}

/** Every table, every column. */
function rowsOf(database: DatabaseSync): readonly string[] {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return tables.map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM "${String(name)}"`).all()));
}

const told = (trouble: unknown): string =>
  trouble instanceof Error
    ? `${trouble.stack ?? trouble.message}${String(trouble.cause ?? '')}`
    : String(trouble);

/** @param shown what agents returned, logged, told and wrote */
export function expectNothingLeaked(gateway: AttackedGateway, shown: unknown): void {
  // What breaks off is not used, and would prove nothing.
  expect(gateway.calls.map(({ failure }) => failure)).not.toContain('truncated');
  expect(leaksIn(`${gateway.remains()}\n${textOf(shown)}`)).toEqual([]);
}

export const textOf = (shown: unknown): string =>
  typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? '');

const UNSEEN = /(?!\n)\p{Cc}|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;
const FOLLOWED =
  /:\/\/|www\.|!\[|\]\(|javascript:|data:[a-z]+\/|<\/?(?:img|a|script|iframe|svg|style|tool)\b/i;

/** What a model made somebody read: words alone. */
export function expectPlainWords(texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toMatch(UNSEEN);
    expect(text).not.toMatch(FOLLOWED);
  }
}
