import type { Client } from 'pg';
import { commentStatements } from './dump-comments.ts';
import { unwrittenKinds } from './dump-completeness.ts';
import { copyBlock, sequenceValues } from './dump-data.ts';
import { type DumpObject, RANKS } from './dump-object.ts';
import { inDumpOrder } from './dump-order.ts';
import { isOwnRelation } from './dump-queries.ts';
import { schemaObjects } from './dump-schema.ts';
import { tableObjects } from './dump-tables.ts';

export interface DumpContents {
  readonly objects: readonly DumpObject[];
  /** The kinds of things that the dump lacks, in words. */
  readonly unwritten: readonly string[];
}

/**
 * Begins a dump of the database that `client`, a superuser, is connected to: everything in it is from this moment. Owners are
 * left out: all of it belongs to the role that restores.
 */
export async function beginDump(client: Client): Promise<DumpContents> {
  await client.query(SESSION);
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await lockTables(client);
  const found = [...(await schemaObjects(client)), ...(await tableObjects(client))];
  const { objects, hasCycle } = await inDumpOrder(client, found);
  const unwritten = await unwrittenKinds(client);
  return { objects, unwritten: hasCycle ? [...unwritten, 'objects that need each other'] : unwritten };
}

/** The dump as a script for `psql`, in pieces, with a memory that does not grow with the data. */
export async function* dumpScript(
  client: Client,
  title: string,
  { objects, unwritten }: DumpContents,
): AsyncGenerator<string | Buffer> {
  yield header(title, unwritten);
  for (const object of objects) {
    if (object.rank === RANKS.data) yield* copyBlock(client, object);
    else yield `${object.sql}\n\n`;
  }
  yield* sequenceValues(client);
  for (const statement of await closingStatements(client, objects)) yield `${statement}\n`;
  await client.query('COMMIT');
}

/**
 * The application owns what is read here and must not get a superuser to run its code: nothing is looked up in its schemas, and
 * a table that it replaces by a view meanwhile is refused. The other settings undo what it may have set for its database.
 */
const SESSION = `
  SET search_path = '';
  SET restrict_nonsystem_relation_kind = 'view, foreign-table';
  SET row_security = off;
  SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = 0;
  SET transaction_timeout = 0;
  SET lock_timeout = '30s';
  SET client_encoding = 'UTF8';
  SET standard_conforming_strings = on;
  SET quote_all_identifiers = off;
  SET datestyle = 'ISO, MDY';
  SET intervalstyle = 'postgres';
  SET lc_monetary = 'C';
  SET bytea_output = 'hex';
  SET xmlbinary = 'base64';
  SET extra_float_digits = 1;
  SET timezone = 'UTC'`;

/** Tables keep their shape until the end; reading and writing them goes on. */
async function lockTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ statement: string | null }>(
    `SELECT 'LOCK TABLE ' || string_agg(c.oid::regclass::text, ', ') || ' IN ACCESS SHARE MODE' AS statement
     FROM pg_class c WHERE ${isOwnRelation('rp')}`,
  );
  const statement = rows[0]?.statement;
  if (typeof statement === 'string') await client.query(statement);
}

/** A failed COPY must stop `psql`: it would take the rows for statements. */
const header = (title: string, unwritten: readonly string[]): string => `-- ${title}
-- Restore into an empty database: psql "$DATABASE_URL" -f <this file>
-- Not as a superuser: the functions of the application run while its tables and views are filled.
${unwritten.map((kind) => `-- Not in this file, but in the .pgdata.tar.gz beside it: ${kind}\n`).join('')}
\\set ON_ERROR_STOP on
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = off;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET datestyle = 'ISO, MDY';
SET intervalstyle = 'postgres';
SET lc_monetary = 'C';
SELECT pg_catalog.set_config('search_path', '', false);

`;

/** Materialized views are filled in the order in which they were made, when everything they read is there. */
async function closingStatements(client: Client, objects: readonly DumpObject[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT 'pg_class:' || c.oid AS key FROM pg_class c WHERE c.relispopulated AND ${isOwnRelation('m')}`,
  );
  const populated = new Set(rows.map(({ key }) => key));
  const refreshes = objects
    .filter(({ key }) => populated.has(key))
    .map(({ name }) => `REFRESH MATERIALIZED VIEW ${name};`);
  return [...refreshes, ...(await commentStatements(client))];
}
