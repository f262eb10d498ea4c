import { randomUUID } from 'node:crypto';
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { eventShape } from '../../../contracts/api.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { EventType, HistoryEvent, NewEvent } from '../../../domain/events.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import { askedUnless } from '../aws-failure.ts';
import { packed, unpacked } from './body.ts';
import {
  CONDITION_FAILED,
  getItem,
  parseRecord,
  partitionQuery,
  queryItems,
  type StoreTable,
  untilWon,
} from './items.ts';
import { deploymentPartition, EVENT_PREFIX, eventKey, eventStartKey } from './keys.ts';

type EventFilter = Parameters<DeploymentStore['listEvents']>[0];

const DEFAULT_EVENT_LIMIT = 10_000;
const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;

/**
 * Sequence numbers are those of the deployment, without gaps: an event is written under the number after the newest one, and
 * under the next one when somebody else was first. Whoever has read up to a number therefore never misses a lower one.
 */
export async function appendEvent(table: StoreTable, event: NewEvent): Promise<HistoryEvent> {
  const { deploymentId, executionId } = event;
  const time = table.clock.now();
  const token = randomUUID();
  const newest = await newestEvent(table, deploymentId);
  let sequence = newest?.sequence ?? 0;
  if (executionId !== null && newest?.executionId !== executionId) {
    await rememberStart(table, executionId, { deploymentId, first: sequence + 1 });
  }
  return untilWon(async () => {
    sequence += 1;
    const kept = { ...event, time, sequence };
    return (await putEvent(table, kept, token)) ? kept : undefined;
  }, `write the history of ${deploymentId}`);
}

const eventItem = z.object({ sequence: z.number().int(), executionId: z.string().optional() });

async function newestEvent(
  table: StoreTable,
  deploymentId: string,
): Promise<z.infer<typeof eventItem> | undefined> {
  const query = {
    ...partitionQuery(deploymentPartition(deploymentId), EVENT_PREFIX),
    ScanIndexForward: false,
    Limit: 1,
  };
  for await (const item of queryItems(table, query, `read the history of ${deploymentId}`)) {
    return parseRecord(eventItem, item);
  }
  return undefined;
}

/** False when the number is taken. The token tells an event whose answer was lost from somebody else's. */
async function putEvent({ client, table }: StoreTable, event: HistoryEvent, token: string): Promise<boolean> {
  const { deploymentId, executionId, sequence, type, time } = event;
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: {
        ...eventKey(deploymentId, sequence),
        ...(executionId !== null && { executionId }),
        sequence,
        type,
        time,
        token,
        body: await packed(event, 'an entry of the history'),
      },
      ConditionExpression: 'attribute_not_exists(pk) OR #token = :token',
      ExpressionAttributeNames: { '#token': 'token' },
      ExpressionAttributeValues: { ':token': token },
    }),
  );
  return (await askedUnless(stored, CONDITION_FAILED, `write the history of ${deploymentId}`)) !== undefined;
}

const startItem = z.object({ deploymentId: z.string(), first: z.number().int() });
type EventStart = z.infer<typeof startItem>;

/** Written before the first event of the execution, so that no event of it lies before `first`. */
async function rememberStart(
  { client, table }: StoreTable,
  executionId: string,
  start: EventStart,
): Promise<void> {
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: { ...eventStartKey(executionId), ...start },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  await askedUnless(stored, CONDITION_FAILED, `write the history of ${start.deploymentId}`);
}

/**
 * Those of an execution are read from its deployment's history, which unlike an index shows what was written a moment ago.
 * @throws {HiveMindError} InternalError: neither a deployment nor an execution is named
 */
export async function listEvents(table: StoreTable, filter: EventFilter): Promise<readonly HistoryEvent[]> {
  const { executionId, limit = DEFAULT_EVENT_LIMIT } = filter;
  const start = executionId === undefined ? undefined : await findStart(table, executionId);
  if (executionId !== undefined && !start) return [];
  const deploymentId = filter.deploymentId ?? start?.deploymentId;
  if (deploymentId === undefined) throw nothingNamed();
  if (start && start.deploymentId !== deploymentId) return [];
  const from = Math.max((filter.after ?? 0) + 1, start?.first ?? 1);
  const events: HistoryEvent[] = [];
  if (limit <= 0) return events;
  const query = eventQuery(deploymentId, from, executionId, filter.without);
  for await (const item of queryItems(table, query, `read the history of ${deploymentId}`)) {
    if (events.push(await unpacked(eventShape, item['body'])) >= limit) break;
  }
  return events;
}

/** Whoever follows an execution asks again and again, and where its events begin never changes. */
const STARTS = new WeakMap<StoreTable, Map<string, EventStart>>();

async function findStart(table: StoreTable, executionId: string): Promise<EventStart | undefined> {
  const known = STARTS.get(table) ?? new Map<string, EventStart>();
  STARTS.set(table, known);
  const start = known.get(executionId);
  if (start) return start;
  const item = await getItem(table, eventStartKey(executionId), `read the history of ${executionId}`);
  if (item) known.set(executionId, parseRecord(startItem, item));
  return known.get(executionId);
}

function eventQuery(
  deploymentId: string,
  from: number,
  executionId: string | undefined,
  without: readonly EventType[] = [],
): Omit<QueryCommandInput, 'TableName'> {
  const values: Record<string, string> = {};
  without.forEach((type, index) => {
    values[`:type${index}`] = type;
  });
  const names: Record<string, string> = without.length > 0 ? { '#type': 'type' } : {};
  const filters = without.length > 0 ? [`NOT #type IN (${Object.keys(values).join(', ')})`] : [];
  if (executionId !== undefined) {
    values[':execution'] = executionId;
    filters.push('executionId = :execution');
  }
  return {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :partition AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ...values,
      ':partition': deploymentPartition(deploymentId),
      ':from': eventKey(deploymentId, from).sk,
      ':to': eventKey(deploymentId, LAST_SEQUENCE).sk,
    },
    ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
    ...(without.length > 0 && { ExpressionAttributeNames: names }),
  };
}

const nothingNamed = (): HiveMindError =>
  new HiveMindError('InternalError', 'the history of all deployments together was asked for', {
    hint: 'ask for the events of one deployment or of one execution',
  });
