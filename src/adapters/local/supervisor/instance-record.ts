import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { commandShape } from '../../../contracts/plan.ts';
import { Statements } from '../state/documents.ts';

/** What an instance is: equal definitions are the same instance. */
const definitionShape = z.strictObject({
  id: z.string(),
  stack: z.string(),
  deploymentId: z.string(),
  process: z.string(),
  command: commandShape,
  exposed: z.boolean(),
  /** Where it listens whatever PORT says; absent: on a port that it is given. */
  port: z.number().int().optional(),
  artifact: z.string(),
  /** Folder of the application inside the artifact. */
  root: z.string(),
  environmentSecret: z.string().nullable(),
  databaseSecret: z.string().nullable(),
  variables: z.record(z.string(), z.string()),
  programDirectories: z.array(z.string()),
});
export type InstanceDefinition = Readonly<z.infer<typeof definitionShape>>;

const recordShape = z.strictObject({
  definition: definitionShape,
  port: z.number().int().nullable(),
  desired: z.enum(['running', 'stopped']),
  /** Its files are being replaced, so that it has those of no release; absent: it has those of its definition. */
  incomplete: z.boolean().optional(),
  restarts: z.number().int(),
  lastExit: z
    .strictObject({ code: z.number().int().nullable(), signal: z.string().nullable(), at: z.string() })
    .nullable(),
  /** The process that runs now, by which a later server finds it again. */
  leader: z
    .strictObject({ pid: z.number().int(), startTicks: z.number().nullable(), startedAt: z.string() })
    .nullable(),
});
export type InstanceRecord = Readonly<z.infer<typeof recordShape>>;

/** The table `instances`. */
export class InstanceRecords {
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#statements = new Statements(database);
  }

  all(): readonly InstanceRecord[] {
    return this.#statements.documents(recordShape, 'SELECT document FROM instances ORDER BY rowid');
  }

  put(record: InstanceRecord): void {
    this.#statements.run(
      `INSERT INTO instances (id, stack, document) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
      record.definition.id,
      record.definition.stack,
      JSON.stringify(record),
    );
  }

  remove(id: string): void {
    this.#statements.run('DELETE FROM instances WHERE id = ?', id);
  }
}
