import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { changedExecution } from '../../../contracts/changed-execution.ts';
import { executionRecord } from '../../../contracts/records.ts';
import { EXECUTION_STATUSES, type Execution, executionNotFound } from '../../../domain/execution.ts';
import type { ExecutionChange } from '../../../ports/deployment-store.ts';
import { askedUnless } from '../aws-failure.ts';
import { fieldChange } from './field-change.ts';
import { CONDITION_FAILED, getItem, type Item, parseRecord, queryItems, type StoreTable } from './items.ts';
import { executionKey, executionsByStatus, executionsOf } from './keys.ts';

/** Keeps the one that is there. */
export async function createExecution({ client, table }: StoreTable, execution: Execution): Promise<void> {
  const { id, deploymentId, status, startedAt } = execution;
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: {
        ...executionKey(id),
        gsi1pk: executionsByStatus(status),
        gsi1sk: `${startedAt}#${id}`,
        gsi2pk: executionsOf(deploymentId),
        gsi2sk: `${startedAt}#${id}`,
        document: execution,
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  await askedUnless(stored, CONDITION_FAILED, `record the execution ${id}`);
}

export async function findExecution(table: StoreTable, id: string): Promise<Execution | undefined> {
  const item = await getItem(table, executionKey(id), `look up the execution ${id}`);
  return item && parseExecution(item);
}

const parseExecution = (item: Item): Execution => parseRecord(executionRecord, item['document']);

/** @throws {HiveMindError} ExecutionNotFound */
export async function updateExecution(store: StoreTable, id: string, change: ExecutionChange): Promise<void> {
  const { client, table, clock } = store;
  const { status } = change;
  if (change.settings) await refuseUnfit(store, id, change);
  const updated = client.send(
    new UpdateCommand({
      TableName: table,
      Key: executionKey(id),
      ConditionExpression: 'attribute_exists(pk)',
      ...fieldChange(change, {
        changedAt: clock.now(),
        ...(status && { gsi1pk: executionsByStatus(status) }),
      }),
    }),
  );
  if (!(await askedUnless(updated, CONDITION_FAILED, `update the execution ${id}`)))
    throw executionNotFound(id);
}

/** An execution's workflow, which says what its settings are, never changes. @throws {HiveMindError} InternalError */
async function refuseUnfit(store: StoreTable, id: string, change: ExecutionChange): Promise<void> {
  const known = await findExecution(store, id);
  if (known) changedExecution(known, change);
}

/** Newest first. */
export async function listExecutions(
  table: StoreTable,
  filter: { readonly deploymentId?: string; readonly status?: Execution['status'] },
): Promise<readonly Execution[]> {
  const { deploymentId, status } = filter;
  const lists = await Promise.all(
    queriesOf(deploymentId, status).map((query) => executionsFrom(table, query)),
  );
  return lists
    .flat()
    .filter((execution) => status === undefined || execution.status === status)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

type Query = Omit<QueryCommandInput, 'TableName'>;

/** Of one deployment by time; of all by status, where every status is a partition of its own. */
function queriesOf(deploymentId: string | undefined, status: Execution['status'] | undefined): Query[] {
  if (deploymentId !== undefined) return [indexQuery('byTime', 'gsi2pk', executionsOf(deploymentId))];
  const statuses = status === undefined ? EXECUTION_STATUSES : [status];
  return statuses.map((wanted) => indexQuery('byStatus', 'gsi1pk', executionsByStatus(wanted)));
}

const indexQuery = (IndexName: string, key: string, partition: string): Query => ({
  IndexName,
  KeyConditionExpression: `${key} = :partition`,
  ExpressionAttributeValues: { ':partition': partition },
  ScanIndexForward: false,
});

async function executionsFrom(table: StoreTable, query: Query): Promise<Execution[]> {
  const found: Execution[] = [];
  for await (const item of queryItems(table, query, 'list the executions')) found.push(parseExecution(item));
  return found;
}
