import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { cachedAnswerRecord } from '../../contracts/model-records.ts';
import type { AnswerCache, CachedAnswer } from '../../ports/answer-cache.ts';
import { embeddingBytes, embeddingFrom } from '../anywhere/embedding-bytes.ts';
import { asked } from './aws-failure.ts';
import { packed, unpacked } from './deployment-store/body.ts';
import { getItem, type Item, queryItems, type StoreTable } from './deployment-store/items.ts';
import type { Key } from './deployment-store/keys.ts';
import { TIME_TO_LIVE } from './deployment-store/table.ts';
import { type AwsDeploymentStoreOptions, storeTable } from './deployment-store.ts';

const answerKey = (key: string): Key => ({ pk: `model-answer#${key}`, sk: 'answer' });
/** In the index by time. */
const answersOf = (scope: string): string => `model-answers#${scope}`;

/** The cache in the table of the deployment store. An answer whose time is up is gone at once, and its item some time later. */
export function awsAnswerCache(options: AwsDeploymentStoreOptions): AnswerCache {
  const table = storeTable(options);
  return {
    find: async (key) => {
      const item = await getItem(table, answerKey(key), 'look up a cached answer');
      const answer = item && (await answerIn(item));
      return answer && isFresh(table, answer) ? answer : undefined;
    },
    put: (answer) => put(table, answer),
    similar: (scope, limit) => similar(table, scope, limit),
  };
}

const isFresh = ({ clock }: StoreTable, { expiresAt }: CachedAnswer): boolean =>
  Date.parse(expiresAt) > Date.parse(clock.now());

async function answerIn(item: Item): Promise<CachedAnswer> {
  const answer = await unpacked(cachedAnswerRecord, item['body']);
  const bytes = item['embedding'];
  return { ...answer, embedding: bytes === undefined ? null : embeddingFrom(bytes) };
}

async function put({ client, table }: StoreTable, { embedding, ...answer }: CachedAnswer): Promise<void> {
  const { key, scope, answeredAt, expiresAt } = answer;
  const Item = {
    ...answerKey(key),
    ...(embedding && {
      gsi2pk: answersOf(scope),
      gsi2sk: `${answeredAt}#${key}`,
      embedding: embeddingBytes(embedding),
    }),
    [TIME_TO_LIVE]: Math.ceil(Date.parse(expiresAt) / 1_000),
    body: await packed(answer, 'the answer of a model'),
  };
  await asked(client.send(new PutCommand({ TableName: table, Item })), 'keep the answer of a model');
}

const MAX_PAGE = 100;

async function similar(table: StoreTable, scope: string, limit: number): Promise<readonly CachedAnswer[]> {
  const found: CachedAnswer[] = [];
  if (limit <= 0) return found;
  const query = {
    IndexName: 'byTime',
    KeyConditionExpression: 'gsi2pk = :partition',
    ExpressionAttributeValues: { ':partition': answersOf(scope) },
    ScanIndexForward: false,
    Limit: Math.min(limit, MAX_PAGE),
  };
  for await (const item of queryItems(table, query, 'look for answers to similar questions')) {
    const answer = await answerIn(item);
    if (isFresh(table, answer) && found.push(answer) >= limit) break;
  }
  return found;
}
