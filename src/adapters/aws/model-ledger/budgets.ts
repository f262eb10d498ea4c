import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import {
  type AlertPercent,
  type BudgetAlert,
  type BudgetKey,
  type BudgetLimit,
  type BudgetState,
  reachedPercents,
} from '../../../domain/models/budget.ts';
import { askedUnless } from '../aws-failure.ts';
import {
  CONDITION_FAILED,
  getItem,
  type ItemTable,
  parseRecord,
  untilWon,
} from '../deployment-store/items.ts';
import { TIME_TO_LIVE } from '../deployment-store/table.ts';
import type { Write } from '../deployment-store/transaction.ts';
import { budgetKey } from './keys.ts';

/** `committedNanoUsd` is the sum of the other two: a condition cannot add. */
const budgetItem = z.object({
  spentNanoUsd: z.int().default(0),
  reservedNanoUsd: z.int().default(0),
  committedNanoUsd: z.int(),
});

export interface BudgetChange {
  readonly key: BudgetKey;
  readonly spentNanoUsd: number;
  readonly reservedNanoUsd: number;
  /** Only when no more than that is spent and set aside; negative: never. */
  readonly roomNanoUsd?: number;
}

/** @param keptUntil in seconds since 1970 */
export function budgetWrite(
  { table }: ItemTable,
  { key, spentNanoUsd, reservedNanoUsd, roomNanoUsd }: BudgetChange,
  keptUntil: number,
): Write {
  const hasRoom =
    roomNanoUsd === undefined
      ? {}
      : {
          // A budget that is not there yet has nothing spent, but where there is never room there is none then either.
          ConditionExpression:
            roomNanoUsd < 0
              ? 'committedNanoUsd <= :room'
              : 'attribute_not_exists(committedNanoUsd) OR committedNanoUsd <= :room',
        };
  return {
    Update: {
      TableName: table,
      Key: { ...budgetKey(key) },
      ...hasRoom,
      UpdateExpression: `SET ${TIME_TO_LIVE} = :keptUntil ADD spentNanoUsd :spent, reservedNanoUsd :reserved, committedNanoUsd :committed`,
      ExpressionAttributeValues: {
        ':keptUntil': keptUntil,
        ':spent': spentNanoUsd,
        ':reserved': reservedNanoUsd,
        ':committed': spentNanoUsd + reservedNanoUsd,
        ...(roomNanoUsd !== undefined && { ':room': roomNanoUsd }),
      },
    },
  };
}

export async function findBudget(table: ItemTable, key: BudgetKey): Promise<BudgetState> {
  const item = await getItem(table, budgetKey(key), lookUp(key));
  if (!item) return { key, spentNanoUsd: 0, reservedNanoUsd: 0 };
  const { spentNanoUsd, reservedNanoUsd } = parseRecord(budgetItem, item);
  return { key, spentNanoUsd, reservedNanoUsd };
}

const lookUp = (key: BudgetKey): string => `look up the budget ${key}`;

/** Alerts that nobody was handed before, also of percents that were reached by a call whose caller died before it got them. */
export async function newAlerts(table: ItemTable, budget: BudgetLimit): Promise<readonly BudgetAlert[]> {
  const item = await getItem(table, budgetKey(budget.key), lookUp(budget.key));
  if (!item) return [];
  const { spentNanoUsd } = parseRecord(budgetItem, item);
  const alerts: BudgetAlert[] = [];
  for (const percent of reachedPercents(0, spentNanoUsd, budget.limitNanoUsd)) {
    if (item[alertAttribute(percent)] !== undefined) continue;
    if (await claimAlert(table, budget.key, percent)) alerts.push({ ...budget, percent, spentNanoUsd });
  }
  return alerts;
}

const alertAttribute = (percent: AlertPercent): string => `alert${percent}`;

/** One of all who try gets it. The token tells a claim whose answer was lost from somebody else's. */
async function claimAlert(table: ItemTable, key: BudgetKey, percent: AlertPercent): Promise<boolean> {
  const what = `remember the alert of ${percent} % of the budget ${key}`;
  const attribute = alertAttribute(percent);
  const token = randomUUID();
  const attempt = async (): Promise<{ readonly isMine: boolean } | undefined> => {
    const claimed = table.client.send(
      new UpdateCommand({
        TableName: table.table,
        Key: budgetKey(key),
        ConditionExpression: `attribute_not_exists(${attribute})`,
        UpdateExpression: `SET ${attribute} = :token`,
        ExpressionAttributeValues: { ':token': token },
      }),
    );
    if (await askedUnless(claimed, [...CONDITION_FAILED, ...IN_A_TRANSACTION], what)) return { isMine: true };
    const holder = (await getItem(table, budgetKey(key), what))?.[attribute];
    return holder === undefined ? undefined : { isMine: holder === token };
  };
  return (await untilWon(attempt, what)).isMine;
}

/** A write is refused while a transaction, of another call, writes the same item. */
const IN_A_TRANSACTION = ['TransactionConflictException'];
