import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { deploymentRecord } from '../../../contracts/records.ts';
import { type Deployment, deploymentNotFound } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { ListFilter } from '../../../ports/deployment-store.ts';
import { askedUnless } from '../aws-failure.ts';
import { fieldChange } from './field-change.ts';
import {
  CONDITION_FAILED,
  getItem,
  type Item,
  parseRecord,
  queryItems,
  type StoreTable,
  untilWon,
} from './items.ts';
import {
  DEPLOYMENTS_BY_TIME,
  deploymentKey,
  deploymentsByStatus,
  deploymentsByTime,
  nameEntryKey,
  nameHolderKey,
  namePartition,
} from './keys.ts';
import { writtenTogether } from './transaction.ts';

/** Longer than any name or id, and short enough for a key. */
const MAX_ID_CHARACTERS = 300;
const DEFAULT_LIST_LIMIT = 500;
const MAX_PAGE = 1_000;

/** @throws {HiveMindError} NameTaken */
export async function createDeployment(table: StoreTable, deployment: Deployment): Promise<void> {
  await untilWon(async () => {
    if (await putNew(table, deployment)) return true;
    return (await isStored(table, deployment)) || undefined;
  }, `record the deployment ${deployment.id}`);
}

/** The deployment and its name, or nothing. False when a condition fails or another transaction is under way. */
async function putNew(table: StoreTable, deployment: Deployment): Promise<boolean> {
  const TableName = table.table;
  const { id, name, createdAt, status } = deployment;
  const records = [
    {
      Put: {
        TableName,
        Item: { ...deploymentKey(id), ...indexed(deployment), document: deployment },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { TableName, Item: { ...nameEntryKey(name, createdAt, id), deploymentId: id } } },
  ];
  const holder = {
    Put: {
      TableName,
      Item: { ...nameHolderKey(name), deploymentId: id },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
  const writes = status === 'DESTROYED' ? records : [...records, holder];
  const failed = await writtenTogether(table, writes, `record the deployment ${id}`);
  return failed?.length === 0;
}

const indexed = ({ id, status, createdAt }: Deployment) => ({
  gsi1pk: deploymentsByStatus(status),
  gsi1sk: `${createdAt}#${id}`,
  gsi2pk: deploymentsByTime(status),
  gsi2sk: `${createdAt}#${id}`,
});

/**
 * Whether this very deployment is there: made by an earlier call, or by this one, whose answer was lost. A name whose holder is
 * DESTROYED is free: whoever destroyed it did not get to give it back.
 * @throws {HiveMindError} NameTaken
 */
async function isStored(table: StoreTable, { id, name }: Deployment): Promise<boolean> {
  if (await findById(table, id)) return true;
  const holderId = await findNameHolder(table, name);
  const holder = holderId === undefined ? undefined : await findById(table, holderId);
  if (!holder) return false;
  if (holder.status === 'DESTROYED') {
    await giveNameBack(table, holder);
    return false;
  }
  throw new HiveMindError('NameTaken', `the name "${name}" belongs to ${holder.id}`, {
    hint: `choose another name with --name, or remove the other one: hivemind destroy ${name} --confirm ${name}`,
  });
}

async function findNameHolder(table: StoreTable, name: string): Promise<string | undefined> {
  const item = await getItem(table, nameHolderKey(name), `look up the name "${name}"`);
  return item && String(item['deploymentId']);
}

async function giveNameBack({ client, table }: StoreTable, { id, name }: Deployment): Promise<void> {
  const removed = client.send(
    new DeleteCommand({
      TableName: table,
      Key: nameHolderKey(name),
      ConditionExpression: 'deploymentId = :id',
      ExpressionAttributeValues: { ':id': id },
    }),
  );
  await askedUnless(removed, CONDITION_FAILED, `give the name "${name}" back`);
}

export async function findDeployment(table: StoreTable, idOrName: string): Promise<Deployment | undefined> {
  if (idOrName.length > MAX_ID_CHARACTERS) return undefined;
  return (await findById(table, idOrName)) ?? (await findByName(table, idOrName));
}

async function findById(table: StoreTable, id: string): Promise<Deployment | undefined> {
  const item = await getItem(table, deploymentKey(id), `look up the deployment ${id}`);
  return item && parseDeployment(item);
}

const parseDeployment = (item: Item): Deployment => parseRecord(deploymentRecord, item['document']);

/** The holder of the name sorts last; without one, the newest that had the name does. */
async function findByName(table: StoreTable, name: string): Promise<Deployment | undefined> {
  const query = {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :partition',
    ExpressionAttributeValues: { ':partition': namePartition(name) },
    ScanIndexForward: false,
    Limit: 1,
  };
  for await (const item of queryItems(table, query, `look up the name "${name}"`)) {
    return findById(table, String(item['deploymentId']));
  }
  return undefined;
}

export async function listDeployments(
  table: StoreTable,
  { includeDestroyed = false, limit = DEFAULT_LIST_LIMIT }: ListFilter,
): Promise<readonly Deployment[]> {
  const { live, destroyed } = DEPLOYMENTS_BY_TIME;
  const partitions = includeDestroyed ? [live, destroyed] : [live];
  const lists = await Promise.all(partitions.map((partition) => newestOf(table, partition, limit)));
  return lists
    .flat()
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0))
    .slice(0, limit);
}

async function newestOf(table: StoreTable, partition: string, limit: number): Promise<Deployment[]> {
  const found: Deployment[] = [];
  if (limit <= 0) return found;
  const query = {
    IndexName: 'byTime',
    KeyConditionExpression: 'gsi2pk = :partition',
    ExpressionAttributeValues: { ':partition': partition },
    ScanIndexForward: false,
    Limit: Math.min(limit, MAX_PAGE),
  };
  for await (const item of queryItems(table, query, 'list the deployments')) {
    if (found.push(parseDeployment(item)) >= limit) break;
  }
  return found;
}

/** @throws {HiveMindError} DeploymentNotFound */
export async function updateDeployment(
  table: StoreTable,
  id: string,
  change: Partial<Omit<Deployment, 'id' | 'name' | 'createdAt'>>,
): Promise<Deployment> {
  const { status } = change;
  const updated = table.client.send(
    new UpdateCommand({
      TableName: table.table,
      Key: deploymentKey(id),
      ConditionExpression: 'attribute_exists(pk)',
      ReturnValues: 'ALL_NEW',
      ...fieldChange(
        { ...change, updatedAt: table.clock.now() },
        status && { gsi1pk: deploymentsByStatus(status), gsi2pk: deploymentsByTime(status) },
      ),
    }),
  );
  const answer = await askedUnless(updated, CONDITION_FAILED, `update the deployment ${id}`);
  if (!answer?.Attributes) throw deploymentNotFound(id);
  const deployment = parseDeployment(answer.Attributes);
  if (status === 'DESTROYED') await giveNameBack(table, deployment);
  return deployment;
}
