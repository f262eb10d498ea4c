import type { ModelLedger } from '../../ports/model-ledger.ts';
import { type AwsDeploymentStoreOptions, storeTable } from './deployment-store.ts';
import { findBudget } from './model-ledger/budgets.ts';
import { listCalls } from './model-ledger/calls.ts';
import { record, reserve, settle } from './model-ledger/reservations.ts';

/** The ledger in the table of the deployment store: one write request for a reservation, and one for its end. */
export function awsModelLedger(options: AwsDeploymentStoreOptions): ModelLedger {
  const table = storeTable(options);
  return {
    reserve: (call, budgets) => reserve(table, call, budgets),
    settle: (call, budgets) => settle(table, call, budgets),
    record: (call) => record(table, call),
    budgets: (keys) => Promise.all(keys.map((key) => findBudget(table, key))),
    list: (filter) => listCalls(table, filter),
  };
}
