import type { Client } from 'pg';
import { type DumpObject, objectsFrom, RANKS } from './dump-object.ts';
import { collation, isOwn, isOwnRelation, sequenceOptions, withOptions } from './dump-queries.ts';

/** Schemas, extensions, types, functions, free sequences and views. */
export async function schemaObjects(client: Client): Promise<DumpObject[]> {
  const found: DumpObject[] = [];
  for (const [rank, query] of QUERIES) found.push(...(await objectsFrom(client, rank, query)));
  return found;
}

/** An application may have made `public` anew; in the database that is restored into, it exists. */
const schemas = `
  SELECT 'pg_namespace:' || n.oid AS key, n.nspname AS name, format('CREATE SCHEMA IF NOT EXISTS %I;', n.nspname) AS sql
  FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND ${isOwn('pg_namespace', 'n.oid')}`;

const extensions = `
  SELECT 'pg_extension:' || x.oid AS key, x.extname AS name,
    format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %s;', x.extname, x.extnamespace::regnamespace) AS sql
  FROM pg_extension x WHERE ${isOwn('pg_extension', 'x.oid')}`;

const enums = `
  SELECT 'pg_type:' || t.oid AS key, t.oid::regtype::text AS name,
    format('CREATE TYPE %s AS ENUM (%s);', t.oid::regtype, coalesce((
      SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '')) AS sql
  FROM pg_type t WHERE t.typtype = 'e' AND ${isOwn('pg_type', 't.oid')}`;

const composites = `
  SELECT 'pg_class:' || c.oid AS key, c.reltype::regtype::text AS name,
    format('CREATE TYPE %s AS (%s);', c.reltype::regtype, coalesce((
      SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod), ${collation('a.attcollation', 'a.atttypid')}), ', ' ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')) AS sql
  FROM pg_class c WHERE ${isOwnRelation('c')}`;

/** A constraint that is not valid cannot be part of the creation. */
const domains = `
  SELECT 'pg_type:' || t.oid AS key, t.oid::regtype::text AS name,
    format('CREATE DOMAIN %s AS %s%s%s%s%s;', t.oid::regtype, format_type(t.typbasetype, t.typtypmod), ${collation('t.typcollation', 't.typbasetype')},
      ' DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), quote_literal(t.typdefault)),
      CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END,
      (SELECT string_agg(format(E'\\n  CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname)
       FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' AND k.convalidated))
    || coalesce((SELECT string_agg(format(E'\\nALTER DOMAIN %s ADD CONSTRAINT %I %s;', t.oid::regtype, k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname)
       FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' AND NOT k.convalidated), '') AS sql
  FROM pg_type t WHERE t.typtype = 'd' AND ${isOwn('pg_type', 't.oid')}`;

const functions = `
  SELECT 'pg_proc:' || p.oid AS key, p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) || ';' AS sql
  FROM pg_proc p WHERE p.prokind IN ('f', 'p', 'w') AND ${isOwn('pg_proc', 'p.oid')}`;

/** Not those of identity columns, which come with their table. */
const sequences = `
  SELECT 'pg_class:' || c.oid AS key, c.oid::regclass::text AS name,
    format('CREATE %sSEQUENCE %s AS %s %s;', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END,
      c.oid::regclass, format_type(s.seqtypid, NULL), ${sequenceOptions})
    || coalesce((SELECT format(E'\\nALTER SEQUENCE %s OWNED BY %s.%I;', c.oid::regclass, d.refobjid::regclass, a.attname)
         FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'), '') AS sql
  FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
  WHERE ${isOwnRelation('S')} AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`;

const views = `
  SELECT 'pg_class:' || c.oid AS key, c.oid::regclass::text AS name,
    format(E'CREATE %sVIEW %s%s AS\\n%s%s;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, c.oid::regclass, ${withOptions},
      rtrim(pg_get_viewdef(c.oid), ';'), CASE c.relkind WHEN 'm' THEN E'\\n  WITH NO DATA' ELSE '' END) AS sql
  FROM pg_class c WHERE ${isOwnRelation('vm')}`;

const QUERIES: readonly (readonly [number, string])[] = [
  [RANKS.schema, schemas],
  [RANKS.extension, extensions],
  [RANKS.type, enums],
  [RANKS.type, composites],
  [RANKS.type, domains],
  [RANKS.function, functions],
  [RANKS.sequence, sequences],
  [RANKS.view, views],
];
