import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Lock } from '../../../ports/deployment-store.ts';
import { askedUnless } from '../aws-failure.ts';
import { CONDITION_FAILED, getItem, parseRecord, type StoreTable, untilWon } from './items.ts';
import { lockKey } from './keys.ts';

/** How long the item of a lease that ran out may stay, for whoever looks into what happened. */
const KEPT_SECONDS = 86_400;

/** Undefined when taken or renewed; otherwise the lock of somebody else. */
export async function acquireLock(
  table: StoreTable,
  deploymentId: string,
  owner: string,
  leaseSeconds: number,
): Promise<Lock | undefined> {
  const attempt = async (): Promise<{ readonly held?: Lock } | undefined> => {
    if (await putLock(table, deploymentId, owner, leaseSeconds)) return {};
    const held = await findLock(table, deploymentId);
    // Given back, or run out, between the two calls: there is something to win.
    return held && held.owner !== owner ? { held } : undefined;
  };
  return (await untilWon(attempt, `lock ${deploymentId}`)).held;
}

async function putLock(
  { client, table, clock }: StoreTable,
  deploymentId: string,
  owner: string,
  leaseSeconds: number,
): Promise<boolean> {
  const now = Date.parse(clock.now());
  const leaseEnd = now + leaseSeconds * 1000;
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: {
        ...lockKey(deploymentId),
        leaseOwner: owner,
        leaseEnd,
        expiresAt: Math.ceil(leaseEnd / 1000) + KEPT_SECONDS,
      },
      ConditionExpression: 'attribute_not_exists(pk) OR leaseOwner = :owner OR leaseEnd <= :now',
      ExpressionAttributeValues: { ':owner': owner, ':now': now },
    }),
  );
  return (await askedUnless(stored, CONDITION_FAILED, `lock ${deploymentId}`)) !== undefined;
}

/** Does nothing when `owner` does not hold it. */
export async function releaseLock(
  { client, table }: StoreTable,
  deploymentId: string,
  owner: string,
): Promise<void> {
  const removed = client.send(
    new DeleteCommand({
      TableName: table,
      Key: lockKey(deploymentId),
      ConditionExpression: 'leaseOwner = :owner',
      ExpressionAttributeValues: { ':owner': owner },
    }),
  );
  await askedUnless(removed, CONDITION_FAILED, `unlock ${deploymentId}`);
}

const lockItem = z.object({ leaseOwner: z.string(), leaseEnd: z.number() });

/** Undefined when the lease has run out. */
export async function findLock(table: StoreTable, deploymentId: string): Promise<Lock | undefined> {
  const item = await getItem(table, lockKey(deploymentId), `look at the lock of ${deploymentId}`);
  if (!item) return undefined;
  const { leaseOwner: owner, leaseEnd } = parseRecord(lockItem, item);
  if (leaseEnd <= Date.parse(table.clock.now())) return undefined;
  return { deploymentId, owner, expiresAt: new Date(leaseEnd).toISOString() };
}
