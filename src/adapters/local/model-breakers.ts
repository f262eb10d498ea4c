import type { DatabaseSync } from 'node:sqlite';
import { breakerRecord } from '../../contracts/model-records.ts';
import type { ModelBreakers } from '../../ports/model-breakers.ts';
import { Statements } from './state/documents.ts';

/** The breakers in SQLite. */
export function localModelBreakers({ database }: { readonly database: DatabaseSync }): ModelBreakers {
  const statements = new Statements(database);
  return {
    find: async (model) =>
      statements.document(breakerRecord, 'SELECT document FROM model_breakers WHERE model = ?', model),
    list: async () =>
      statements.documents(breakerRecord, 'SELECT document FROM model_breakers ORDER BY model'),
    change: async (from, to) => {
      const document = JSON.stringify(to);
      const changed = from
        ? statements.rows(
            'UPDATE model_breakers SET version = ?, document = ? WHERE model = ? AND version = ? RETURNING model',
            to.version,
            document,
            to.model,
            from.version,
          )
        : statements.rows(
            'INSERT INTO model_breakers (model, version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING model',
            to.model,
            to.version,
            document,
          );
      return changed.length > 0;
    },
  };
}
