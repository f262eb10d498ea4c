import type { DatabaseSync } from 'node:sqlite';
import { cachedAnswerRecord } from '../../contracts/model-records.ts';
import type { AnswerCache, CachedAnswer } from '../../ports/answer-cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { embeddingBytes, embeddingFrom } from '../anywhere/embedding-bytes.ts';
import { parseDocument, Statements } from './state/documents.ts';

export interface LocalAnswerCacheOptions {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  /** The oldest ones make room. @default 10,000 */
  readonly maximumAnswers?: number;
}

/** The cache in SQLite. */
export function localAnswerCache(options: LocalAnswerCacheOptions): AnswerCache {
  const { database, clock, maximumAnswers = 10_000 } = options;
  const statements = new Statements(database);
  return {
    find: async (key) =>
      answers(
        statements,
        'SELECT document, embedding FROM model_answers WHERE key = ? AND expires_at > ?',
        key,
        clock.now(),
      )[0],
    put: async (answer) =>
      statements.transaction(() => {
        statements.run('DELETE FROM model_answers WHERE expires_at <= ?', clock.now());
        put(statements, answer);
        // Numbers rise, and one that was replaced leaves a gap: never more than that are left.
        statements.run(
          'DELETE FROM model_answers WHERE sequence <= (SELECT max(sequence) FROM model_answers) - ?',
          maximumAnswers,
        );
      }),
    similar: async (scope, limit) =>
      answers(
        statements,
        `SELECT document, embedding FROM model_answers WHERE scope = ? AND embedding IS NOT NULL AND expires_at > ?
         ORDER BY answered_at DESC, sequence DESC LIMIT ?`,
        scope,
        clock.now(),
        limit,
      ),
  };
}

function put(statements: Statements, { embedding, ...answer }: CachedAnswer): void {
  statements.run(
    `INSERT OR REPLACE INTO model_answers (key, scope, answered_at, expires_at, document, embedding)
     VALUES (?, ?, ?, ?, ?, ?)`,
    answer.key,
    answer.scope,
    answer.answeredAt,
    answer.expiresAt,
    JSON.stringify(answer),
    embedding && embeddingBytes(embedding),
  );
}

const answers = (statements: Statements, sql: string, ...values: (string | number)[]): CachedAnswer[] =>
  statements.rows(sql, ...values).map((row) => ({
    ...parseDocument(cachedAnswerRecord, row['document']),
    embedding: row['embedding'] === null ? null : embeddingFrom(row['embedding']),
  }));
