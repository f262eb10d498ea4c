import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { fixRecord } from '../../../contracts/records.ts';
import type { Fix, FixStatus } from '../../../domain/fix.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import { askedUnless } from '../aws-failure.ts';
import { fieldChange } from './field-change.ts';
import {
  CONDITION_FAILED,
  getItem,
  type Item,
  parseRecord,
  partitionQuery,
  queryItems,
  type StoreTable,
} from './items.ts';
import { executionPartition, FIX_PREFIX, fixKey } from './keys.ts';

/** Keeps the one that is there. */
export async function putFix({ client, table }: StoreTable, fix: Fix): Promise<void> {
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: { ...fixKey(fix.executionId, fix.id), document: fix },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  await askedUnless(stored, CONDITION_FAILED, `record the fix ${fix.id}`);
}

export async function listFixes(table: StoreTable, executionId: string): Promise<readonly Fix[]> {
  const fixes: Fix[] = [];
  const query = partitionQuery(executionPartition(executionId), FIX_PREFIX);
  for await (const item of queryItems(table, query, `list the fixes of ${executionId}`)) {
    fixes.push(parseFix(item));
  }
  return fixes.sort((a, b) => a.round - b.round);
}

const parseFix = (item: Item): Fix => parseRecord(fixRecord, item['document']);

/** The token tells a change whose answer was lost from somebody else's. */
export async function changeFix(
  table: StoreTable,
  executionId: string,
  id: string,
  from: FixStatus,
  change: Parameters<DeploymentStore['changeFix']>[3],
): Promise<Fix | undefined> {
  const token = randomUUID();
  const { ExpressionAttributeValues: values, ...expression } = fieldChange(change, { changeToken: token });
  const updated = table.client.send(
    new UpdateCommand({
      TableName: table.table,
      Key: fixKey(executionId, id),
      ConditionExpression: '#document.#status = :from',
      ReturnValues: 'ALL_NEW',
      ...expression,
      ExpressionAttributeNames: { ...expression.ExpressionAttributeNames, '#status': 'status' },
      ExpressionAttributeValues: { ...values, ':from': from },
    }),
  );
  const what = `change the fix ${id}`;
  const answer = await askedUnless(updated, CONDITION_FAILED, what);
  if (answer?.Attributes) return parseFix(answer.Attributes);
  const item = await getItem(table, fixKey(executionId, id), what);
  return item?.['changeToken'] === token ? parseFix(item) : undefined;
}
