import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { asked } from '../aws-failure.ts';
import type { Key } from './keys.ts';

/** The table that items are read from and written to. */
export interface ItemTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

/** What every function of a store works on. */
export interface StoreTable extends ItemTable {
  readonly clock: Clock;
}

export interface TableOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

export const itemTable = ({ client, table }: TableOptions): ItemTable => ({
  client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  table,
});

export type Item = Readonly<Record<string, unknown>>;

/** What a conditional write is refused with. */
export const CONDITION_FAILED = ['ConditionalCheckFailedException'];

/** The item as it is now, also when it was written a moment ago. */
export async function getItem(
  { client, table }: ItemTable,
  key: Key,
  what: string,
): Promise<Item | undefined> {
  const answer = client.send(new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }));
  return (await asked(answer, what)).Item;
}

/** Every item of a query, page by page; stop reading to stop asking. */
export async function* queryItems(
  { client, table }: ItemTable,
  query: Omit<QueryCommandInput, 'TableName'>,
  what: string,
): AsyncGenerator<Item> {
  let from: QueryCommandInput['ExclusiveStartKey'];
  do {
    const answer = client.send(new QueryCommand({ ...query, TableName: table, ExclusiveStartKey: from }));
    const page = await asked(answer, what);
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}

/** Items of a partition whose sort key starts with `prefix`. */
export const partitionQuery = (partition: string, prefix: string): Omit<QueryCommandInput, 'TableName'> => ({
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :partition AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':partition': partition, ':prefix': prefix },
});

/** @throws {HiveMindError} InternalError: what is stored is not what the store writes */
export function parseRecord<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HiveMindError('InternalError', `a stored record is damaged: ${parsed.error.message}`, {
    hint: 'restore the table to a point in time before the damage (DynamoDB console, Backups)',
    cause: parsed.error,
  });
}

/** Enough for dozens of writers that want the same item: one of them wins each time. */
const MAX_ATTEMPTS = 60;
const MAX_PAUSE_MILLISECONDS = 200;

/**
 * Repeats an optimistic write until it wins. `attempt` gives undefined when somebody else was first.
 * @throws {HiveMindError} Throttled: others were always first
 */
export async function untilWon<T>(attempt: () => Promise<T | undefined>, what: string): Promise<T> {
  for (let lost = 0; lost < MAX_ATTEMPTS; lost += 1) {
    if (lost > 0) await sleep(randomInt(Math.min(10 * lost, MAX_PAUSE_MILLISECONDS)));
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new HiveMindError('Throttled', `could not ${what}: others are writing the same record all the time`, {
    hint: 'run the command again in a minute',
  });
}
