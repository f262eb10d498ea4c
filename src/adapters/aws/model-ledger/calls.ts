import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { modelCallRecord } from '../../../contracts/model-records.ts';
import type { BudgetKey } from '../../../domain/models/budget.ts';
import { CALLS_KEPT_DAYS, type ModelCall } from '../../../domain/models/model-call.ts';
import { timeAfter, utcDay } from '../../../domain/time.ts';
import type { ModelLedger } from '../../../ports/model-ledger.ts';
import { packed, unpacked } from '../deployment-store/body.ts';
import { type Item, type ItemTable, queryItems, type StoreTable } from '../deployment-store/items.ts';
import { TIME_TO_LIVE } from '../deployment-store/table.ts';
import { callKey, callsOfDay, callsOfDeployment } from './keys.ts';

const DAY_SECONDS = 86_400;
/** Of three bytes each they fit into an item, also when they do not compress. */
const MAX_PROMPT_CHARACTERS = 120_000;

/** When what is written now has been kept long enough. */
export const keptUntil = (now: string): number =>
  Math.ceil(Date.parse(now) / 1_000) + CALLS_KEPT_DAYS * DAY_SECONDS;

/** What an open call has set aside, and in which budgets. */
export interface Reservation {
  readonly reservedNanoUsd: number;
  readonly reservedIn: readonly BudgetKey[];
}

export async function callItem(call: ModelCall, reservation?: Reservation): Promise<Item> {
  const prompt = call.prompt?.slice(0, MAX_PROMPT_CHARACTERS) ?? null;
  const key = callKey(call);
  return {
    ...key,
    ...(call.deploymentId !== null && { gsi2pk: callsOfDeployment(call.deploymentId), gsi2sk: key.sk }),
    ...reservation,
    [TIME_TO_LIVE]: keptUntil(call.askedAt),
    body: await packed({ ...call, prompt }, `the call ${call.id} of a model`),
  };
}

/** Days are asked at once in groups: a short list of the newest does not read a year. */
const DAYS_AT_ONCE = 8;
const MAX_PAGE = 1_000;

export async function listCalls(
  table: StoreTable,
  { since, deploymentId, limit = Number.POSITIVE_INFINITY }: Parameters<ModelLedger['list']>[0],
): Promise<readonly ModelCall[]> {
  if (deploymentId !== undefined) return newestOf(table, ofDeployment(deploymentId, since), limit);
  let found: readonly ModelCall[] = [];
  const days = daysBetween(since, table.clock.now());
  for (let next = 0; next < days.length && found.length < limit; next += DAYS_AT_ONCE) {
    const group = days.slice(next, next + DAYS_AT_ONCE);
    const lists = await Promise.all(group.map((day) => newestOf(table, ofDay(day, since), limit)));
    found = found.concat(...lists);
  }
  return found.slice(0, limit);
}

/** Newest first, and none of which no call can be left. */
function daysBetween(since: string, now: string): readonly string[] {
  const first = utcDay(since);
  const days = Array.from({ length: CALLS_KEPT_DAYS + 1 }, (_, ago) =>
    utcDay(timeAfter(now, -ago * DAY_SECONDS)),
  );
  return days.filter((day) => day >= first);
}

type Query = Omit<QueryCommandInput, 'TableName'>;

const ofDay = (day: string, since: string): Query => ({
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :partition AND sk >= :since',
  ExpressionAttributeValues: { ':partition': callsOfDay(day), ':since': since },
});

const ofDeployment = (deploymentId: string, since: string): Query => ({
  IndexName: 'byTime',
  KeyConditionExpression: 'gsi2pk = :partition AND gsi2sk >= :since',
  ExpressionAttributeValues: { ':partition': callsOfDeployment(deploymentId), ':since': since },
});

async function newestOf(table: ItemTable, query: Query, limit: number): Promise<readonly ModelCall[]> {
  const found: ModelCall[] = [];
  if (limit <= 0) return found;
  const newestFirst = { ...query, ScanIndexForward: false, Limit: Math.min(limit, MAX_PAGE) };
  for await (const item of queryItems(table, newestFirst, 'list the calls of models')) {
    if (found.push(await unpacked(modelCallRecord, item['body'])) >= limit) break;
  }
  return found;
}
