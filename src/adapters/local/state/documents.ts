import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type * as z from 'zod';
import { HiveMindError } from '../../../domain/errors.ts';

/** Statements prepared once per text. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  /** The `document` column of the first row, parsed; undefined when there is no row. */
  document<T>(shape: z.ZodType<T>, sql: string, ...values: SQLInputValue[]): T | undefined {
    const row = this.#prepare(sql).get(...values);
    return row && parseDocument(shape, row['document']);
  }

  documents<T>(shape: z.ZodType<T>, sql: string, ...values: SQLInputValue[]): T[] {
    return this.rows(sql, ...values).map((row) => parseDocument(shape, row['document']));
  }

  rows(sql: string, ...values: SQLInputValue[]): ReturnType<StatementSync['all']> {
    return this.#prepare(sql).all(...values);
  }

  /** All or nothing, also when the process dies in the middle. */
  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** @throws {HiveMindError} InternalError: damaged */
export function parseDocument<T>(shape: z.ZodType<T>, text: unknown): T {
  const parsed = shape.safeParse(JSON.parse(String(text)));
  if (parsed.success) return parsed.data;
  throw new HiveMindError('InternalError', `a stored record is damaged: ${parsed.error.message}`, {
    hint: 'restore the state file from a backup, or point HIVEMIND_HOME to another folder',
    cause: parsed.error,
  });
}
