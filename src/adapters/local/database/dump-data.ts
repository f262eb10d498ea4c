import type { Client } from 'pg';
import * as z from 'zod';
import type { DumpObject } from './dump-object.ts';
import { isOwnRelation } from './dump-queries.ts';

/** The rows of a table, streamed, as a COPY block. */
export async function* copyBlock(client: Client, { sql }: DumpObject): AsyncGenerator<string | Buffer> {
  const { to } = await import('pg-copy-streams');
  yield `${sql} FROM stdin;\n`;
  yield* client.query(to(`${sql} TO STDOUT`));
  yield '\\.\n\n';
}

/** The state of every sequence; it does not belong to the transaction and may be newer than the rows, which does no harm. */
export async function* sequenceValues(client: Client): AsyncGenerator<string> {
  const { rows } = await client.query(
    `SELECT c.oid::regclass::text AS name, quote_literal(c.oid::regclass) AS literal FROM pg_class c WHERE ${isOwnRelation('S')} ORDER BY 1`,
  );
  for (const { name, literal } of sequences.parse(rows)) {
    const value = await client.query(`SELECT last_value, is_called FROM ${name}`);
    const [{ last_value, is_called }] = states.parse(value.rows);
    yield `SELECT pg_catalog.setval(${literal}, ${last_value}, ${is_called});\n`;
  }
}

const sequences = z.array(z.object({ name: z.string(), literal: z.string() }));
const states = z.tuple([z.object({ last_value: z.string().regex(/^-?\d+$/), is_called: z.boolean() })]);
