import type { Client } from 'pg';
import * as z from 'zod';
import { isOwn } from './dump-queries.ts';

/** COMMENT statements for everything that a dump writes. */
export async function commentStatements(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query(COMMENTS);
  return z
    .array(z.object({ sql: z.string() }))
    .parse(rows)
    .map(({ sql }) => sql);
}

const KEYWORDS: Readonly<Record<string, string>> = {
  schema: 'SCHEMA',
  extension: 'EXTENSION',
  type: 'TYPE',
  'composite type': 'TYPE',
  'composite type column': 'COLUMN',
  function: 'FUNCTION',
  procedure: 'PROCEDURE',
  sequence: 'SEQUENCE',
  table: 'TABLE',
  'table column': 'COLUMN',
  'table constraint': 'CONSTRAINT',
  view: 'VIEW',
  'view column': 'COLUMN',
  'materialized view': 'MATERIALIZED VIEW',
  'materialized view column': 'COLUMN',
  index: 'INDEX',
  trigger: 'TRIGGER',
};

const keywordList = Object.entries(KEYWORDS)
  .map(([type, keyword]) => `('${type}', '${keyword}')`)
  .join(', ');

/** An extension brings its own comment, which only the superuser may change; `public` has one from the beginning. */
const COMMENTS = `
  SELECT format('COMMENT ON %s %s IS %L;', w.keyword, i.identity, d.description) AS sql
  FROM pg_description d
  CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
  JOIN (VALUES ${keywordList}) w (type, keyword) ON w.type = i.type
  WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
    AND d.classoid <> 'pg_extension'::regclass
    AND (d.objoid >= 16384 OR (i.identity = 'public' AND d.description <> 'standard public schema'))
  UNION ALL
  SELECT format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L;', k.conname, k.contypid::regtype, d.description)
  FROM pg_description d JOIN pg_constraint k ON d.classoid = 'pg_constraint'::regclass AND k.oid = d.objoid
  WHERE k.contypid <> 0 AND ${isOwn('pg_type', 'k.contypid')}
  ORDER BY 1`;
