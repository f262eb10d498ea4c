import type { Client } from 'pg';
import * as z from 'zod';

/** The order in a dump wherever dependencies leave a choice. */
export const RANKS = {
  schema: 10,
  extension: 20,
  type: 30,
  function: 40,
  sequence: 50,
  table: 60,
  view: 70,
  default: 80,
  data: 90,
  constraint: 100,
  index: 110,
  foreignKey: 120,
  trigger: 130,
} as const;

/** One thing to write, known as `<catalog>:<object id>`. */
export interface DumpObject {
  readonly key: string;
  readonly rank: number;
  readonly name: string;
  /** Keys of what has to come before, besides what the catalogs say. */
  readonly after: readonly string[];
  /** Statements with their semicolons; for data the beginning of the COPY statement. */
  readonly sql: string;
}

const rows = z.array(
  z.object({
    key: z.string(),
    name: z.string(),
    sql: z.string(),
    after: z.array(z.string()).default([]),
  }),
);

/** Objects of one rank, from a query with the columns `key`, `name`, `sql` and, where needed, `after`. */
export async function objectsFrom(client: Client, rank: number, query: string): Promise<DumpObject[]> {
  const result = await client.query(query);
  return rows.parse(result.rows).map((row) => ({ ...row, rank }));
}
