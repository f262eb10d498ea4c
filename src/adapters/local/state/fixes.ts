import { fixRecord } from '../../../contracts/records.ts';
import type { DeploymentStore } from '../../../ports/deployment-store.ts';
import type { Statements } from './documents.ts';

export const fixRecords = (
  statements: Statements,
): Pick<DeploymentStore, 'putFix' | 'listFixes' | 'changeFix'> => ({
  putFix: async (fix) =>
    statements.run(
      'INSERT OR IGNORE INTO fixes (id, execution_id, round, status, document) VALUES (?, ?, ?, ?, ?)',
      fix.id,
      fix.executionId,
      fix.round,
      fix.status,
      JSON.stringify(fix),
    ),
  listFixes: async (executionId) =>
    statements.documents(
      fixRecord,
      'SELECT document FROM fixes WHERE execution_id = ? ORDER BY round, rowid',
      executionId,
    ),
  changeFix: async (executionId, id, from, change) =>
    statements.transaction(() => {
      const known = statements.document(
        fixRecord,
        'SELECT document FROM fixes WHERE id = ? AND execution_id = ? AND status = ?',
        id,
        executionId,
        from,
      );
      if (!known) return undefined;
      const changed = { ...known, ...change };
      statements.run(
        'UPDATE fixes SET status = ?, document = ? WHERE id = ?',
        changed.status,
        JSON.stringify(changed),
        id,
      );
      return changed;
    }),
});
