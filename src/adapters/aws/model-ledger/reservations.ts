import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { BudgetAlert, BudgetKey, BudgetLimit } from '../../../domain/models/budget.ts';
import type { ModelCall } from '../../../domain/models/model-call.ts';
import { askedUnless } from '../aws-failure.ts';
import {
  CONDITION_FAILED,
  getItem,
  parseRecord,
  type StoreTable,
  untilWon,
} from '../deployment-store/items.ts';
import { type Write, writtenTogether } from '../deployment-store/transaction.ts';
import { budgetWrite, newAlerts } from './budgets.ts';
import { callItem, keptUntil, type Reservation } from './calls.ts';
import { callKey } from './keys.ts';

export async function reserve(
  table: StoreTable,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): Promise<BudgetKey | undefined> {
  const what = `reserve the cost of the call ${call.id}`;
  const reservation = { reservedNanoUsd: call.costNanoUsd, reservedIn: budgets.map(({ key }) => key) };
  const putCall: Write = {
    Put: {
      TableName: table.table,
      Item: await callItem(call, reservation),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
  const until = keptUntil(table.clock.now());
  const setAside = budgets.map(({ key, limitNanoUsd }) => {
    const roomNanoUsd = limitNanoUsd - call.costNanoUsd;
    return budgetWrite(
      table,
      { key, spentNanoUsd: 0, reservedNanoUsd: call.costNanoUsd, roomNanoUsd },
      until,
    );
  });
  const failed = await untilWon(() => writtenTogether(table, [putCall, ...setAside], what), what);
  // The call is on record already, by an earlier attempt, whose answer was lost, or by somebody who asked before.
  if (failed.includes(0)) return undefined;
  return budgets.find((_, place) => failed.includes(place + 1))?.key;
}

export async function settle(
  table: StoreTable,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): Promise<readonly BudgetAlert[]> {
  await untilWon(
    async () => (await attemptToSettle(table, call, budgets)) || undefined,
    `settle the call ${call.id}`,
  );
  const alerts = await Promise.all(budgets.map((budget) => newAlerts(table, budget)));
  return alerts.flat();
}

/** False when somebody else was first, or in the way. */
async function attemptToSettle(
  table: StoreTable,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): Promise<boolean> {
  const what = `settle the call ${call.id}`;
  const known = await findCall(table, call);
  if (known === 'settled') return true;
  const putCall: Write = {
    Put: {
      TableName: table.table,
      Item: await callItem(call),
      ...(known
        ? {
            ConditionExpression: 'reservedNanoUsd = :reserved',
            ExpressionAttributeValues: { ':reserved': known.reservedNanoUsd },
          }
        : { ConditionExpression: 'attribute_not_exists(pk)' }),
    },
  };
  const until = keptUntil(table.clock.now());
  const spend = [...new Set([...(known?.reservedIn ?? []), ...budgets.map(({ key }) => key)])].map((key) => {
    const reservedNanoUsd = known?.reservedIn.includes(key) ? -known.reservedNanoUsd : 0;
    return budgetWrite(table, { key, spentNanoUsd: call.costNanoUsd, reservedNanoUsd }, until);
  });
  const failed = await writtenTogether(table, [putCall, ...spend], what);
  return failed?.length === 0;
}

const budgetKeyShape = z.union([
  z.templateLiteral(['day:', z.string()]),
  z.templateLiteral(['deployment:', z.string()]),
]);
const openItem = z.object({ reservedNanoUsd: z.int(), reservedIn: z.array(budgetKeyShape) });

async function findCall(table: StoreTable, call: ModelCall): Promise<Reservation | 'settled' | undefined> {
  const item = await getItem(table, callKey(call), `look up the call ${call.id}`);
  if (!item) return undefined;
  return item['reservedNanoUsd'] === undefined ? 'settled' : parseRecord(openItem, item);
}

/** Keeps the one that is there. */
export async function record({ client, table }: StoreTable, call: ModelCall): Promise<void> {
  const stored = client.send(
    new PutCommand({
      TableName: table,
      Item: await callItem(call),
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  await askedUnless(stored, CONDITION_FAILED, `record the call ${call.id}`);
}
