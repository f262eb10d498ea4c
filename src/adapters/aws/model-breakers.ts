import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { breakerRecord } from '../../contracts/model-records.ts';
import type { Breaker } from '../../domain/models/breaker.ts';
import type { ModelBreakers } from '../../ports/model-breakers.ts';
import { askedUnless } from './aws-failure.ts';
import {
  CONDITION_FAILED,
  getItem,
  type Item,
  type ItemTable,
  itemTable,
  parseRecord,
  queryItems,
  type TableOptions,
} from './deployment-store/items.ts';
import type { Key } from './deployment-store/keys.ts';

const PARTITION = 'model-breakers';
const breakerKey = (model: string): Key => ({ pk: PARTITION, sk: model });

/** The breakers in the table of the deployment store. */
export function awsModelBreakers(options: TableOptions): ModelBreakers {
  const table = itemTable(options);
  return {
    find: async (model) => {
      const item = await getItem(table, breakerKey(model), `look up the breaker of ${model}`);
      return item && parseBreaker(item);
    },
    list: () => list(table),
    change: (from, to) => change(table, from, to),
  };
}

const parseBreaker = (item: Item): Breaker => parseRecord(breakerRecord, item['document']);

async function list(table: ItemTable): Promise<readonly Breaker[]> {
  const breakers: Breaker[] = [];
  const query = {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :partition',
    ExpressionAttributeValues: { ':partition': PARTITION },
  };
  for await (const item of queryItems(table, query, 'list the breakers of models')) {
    breakers.push(parseBreaker(item));
  }
  return breakers;
}

/** The token tells a change whose answer was lost from somebody else's. */
async function change(table: ItemTable, from: Breaker | undefined, to: Breaker): Promise<boolean> {
  const what = `change the breaker of ${to.model}`;
  const token = randomUUID();
  const isUnchanged = from
    ? {
        ConditionExpression: '#document.#version = :from',
        ExpressionAttributeNames: { '#document': 'document', '#version': 'version' },
        ExpressionAttributeValues: { ':from': from.version },
      }
    : { ConditionExpression: 'attribute_not_exists(pk)' };
  const stored = table.client.send(
    new PutCommand({
      TableName: table.table,
      Item: { ...breakerKey(to.model), document: to, changeToken: token },
      ...isUnchanged,
    }),
  );
  if (await askedUnless(stored, CONDITION_FAILED, what)) return true;
  return (await getItem(table, breakerKey(to.model), what))?.['changeToken'] === token;
}
