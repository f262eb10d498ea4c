import type { DatabaseSync } from 'node:sqlite';
import { modelCallRecord } from '../../contracts/model-records.ts';
import type { BudgetAlert, BudgetKey, BudgetLimit, BudgetState } from '../../domain/models/budget.ts';
import { reachedPercents } from '../../domain/models/budget.ts';
import { CALLS_KEPT_DAYS, type ModelCall } from '../../domain/models/model-call.ts';
import { timeAfter } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelLedger } from '../../ports/model-ledger.ts';
import { Statements } from './state/documents.ts';

export interface LocalModelLedgerOptions {
  readonly database: DatabaseSync;
  readonly clock: Clock;
}

/** The ledger in SQLite. */
export function localModelLedger({ database, clock }: LocalModelLedgerOptions): ModelLedger {
  const statements = new Statements(database);
  return {
    reserve: async (call, budgets) =>
      statements.transaction(() => {
        forgetOld(statements, clock.now());
        return reserve(statements, call, budgets);
      }),
    settle: async (call, budgets) => statements.transaction(() => settle(statements, call, budgets)),
    record: async (call) =>
      statements.transaction(() => {
        forgetOld(statements, clock.now());
        if (!find(statements, call.id)) put(statements, call, null, []);
      }),
    budgets: async (keys) => keys.map((key) => budgetState(statements, key)),
    list: async (filter) => list(statements, filter),
  };
}

function reserve(
  statements: Statements,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): BudgetKey | undefined {
  if (find(statements, call.id)) return undefined;
  const full = budgets.find(({ key, limitNanoUsd }) => {
    const { spentNanoUsd, reservedNanoUsd } = budgetState(statements, key);
    return spentNanoUsd + reservedNanoUsd + call.costNanoUsd > limitNanoUsd;
  });
  if (full) return full.key;
  const keys = budgets.map(({ key }) => key);
  put(statements, call, call.costNanoUsd, keys);
  statements.run(
    `INSERT INTO model_budgets (key, spent_nano_usd, reserved_nano_usd) SELECT value, 0, ?1 FROM json_each(?2) WHERE true
     ON CONFLICT (key) DO UPDATE SET reserved_nano_usd = reserved_nano_usd + ?1`,
    call.costNanoUsd,
    JSON.stringify(keys),
  );
  return undefined;
}

function settle(
  statements: Statements,
  call: ModelCall,
  budgets: readonly BudgetLimit[],
): readonly BudgetAlert[] {
  const known = find(statements, call.id);
  if (known && known.reservedNanoUsd === null) return [];
  const reservedIn = known?.reservedIn ?? '[]';
  put(statements, call, null, []);
  statements.run(
    `UPDATE model_budgets SET reserved_nano_usd = reserved_nano_usd - ?, spent_nano_usd = spent_nano_usd + ?
     WHERE key IN (SELECT value FROM json_each(?))`,
    known?.reservedNanoUsd ?? 0,
    call.costNanoUsd,
    reservedIn,
  );
  statements.run(
    `INSERT INTO model_budgets (key, spent_nano_usd, reserved_nano_usd)
     SELECT value, ?1, 0 FROM json_each(?2) WHERE value NOT IN (SELECT value FROM json_each(?3))
     ON CONFLICT (key) DO UPDATE SET spent_nano_usd = spent_nano_usd + ?1`,
    call.costNanoUsd,
    JSON.stringify(budgets.map(({ key }) => key)),
    reservedIn,
  );
  return budgets.flatMap((budget) => newAlerts(statements, budget));
}

interface KnownCall {
  /** Null when it is settled. */
  readonly reservedNanoUsd: number | null;
  /** JSON of the keys of its budgets. */
  readonly reservedIn: string;
}

function find(statements: Statements, id: string): KnownCall | undefined {
  const row = statements.rows('SELECT reserved_nano_usd, reserved_in FROM model_calls WHERE id = ?', id)[0];
  if (!row) return undefined;
  const reserved = row['reserved_nano_usd'];
  return {
    reservedNanoUsd: reserved === null ? null : Number(reserved),
    reservedIn: String(row['reserved_in']),
  };
}

function put(
  statements: Statements,
  call: ModelCall,
  reservedNanoUsd: number | null,
  reservedIn: readonly BudgetKey[],
): void {
  statements.run(
    `INSERT INTO model_calls (id, asked_at, deployment_id, reserved_nano_usd, reserved_in, document) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET reserved_nano_usd = excluded.reserved_nano_usd, reserved_in = excluded.reserved_in,
       document = excluded.document`,
    call.id,
    call.askedAt,
    call.deploymentId,
    reservedNanoUsd,
    JSON.stringify(reservedIn),
    JSON.stringify(call),
  );
}

function budgetState(statements: Statements, key: BudgetKey): BudgetState {
  const row = statements.rows(
    'SELECT spent_nano_usd, reserved_nano_usd FROM model_budgets WHERE key = ?',
    key,
  )[0];
  return {
    key,
    spentNanoUsd: Number(row?.['spent_nano_usd'] ?? 0),
    reservedNanoUsd: Number(row?.['reserved_nano_usd'] ?? 0),
  };
}

function newAlerts(statements: Statements, budget: BudgetLimit): readonly BudgetAlert[] {
  const row = statements.rows(
    'SELECT spent_nano_usd, alerted_percent FROM model_budgets WHERE key = ?',
    budget.key,
  )[0];
  const spentNanoUsd = Number(row?.['spent_nano_usd']);
  const alertedPercent = Number(row?.['alerted_percent']);
  const percents = reachedPercents(0, spentNanoUsd, budget.limitNanoUsd).filter(
    (percent) => percent > alertedPercent,
  );
  if (percents.length === 0) return [];
  statements.run(
    'UPDATE model_budgets SET alerted_percent = ? WHERE key = ?',
    Math.max(...percents),
    budget.key,
  );
  return percents.map((percent) => ({ ...budget, percent, spentNanoUsd }));
}

const NO_LIMIT = -1;

const list = (
  statements: Statements,
  { since, deploymentId, limit }: Parameters<ModelLedger['list']>[0],
): readonly ModelCall[] =>
  deploymentId === undefined
    ? statements.documents(
        modelCallRecord,
        'SELECT document FROM model_calls WHERE asked_at >= ? ORDER BY asked_at DESC, id DESC LIMIT ?',
        since,
        limit ?? NO_LIMIT,
      )
    : statements.documents(
        modelCallRecord,
        'SELECT document FROM model_calls WHERE deployment_id = ? AND asked_at >= ? ORDER BY asked_at DESC, id DESC LIMIT ?',
        deploymentId,
        since,
        limit ?? NO_LIMIT,
      );

/** What deployments spent stays: it is the budget of their whole life. */
function forgetOld(statements: Statements, now: string): void {
  const oldest = timeAfter(now, -CALLS_KEPT_DAYS * 86_400);
  statements.run('DELETE FROM model_calls WHERE asked_at < ?', oldest);
  statements.run(
    "DELETE FROM model_budgets WHERE key >= 'day:' AND key < ?",
    `day:${oldest.slice(0, 'YYYY-MM-DD'.length)}`,
  );
}
