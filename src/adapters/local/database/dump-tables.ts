import type { Client } from 'pg';
import { type DumpObject, objectsFrom, RANKS } from './dump-object.ts';
import { collation, isOwnRelation, sequenceOptions, withOptions } from './dump-queries.ts';

/** Tables, defaults, data, constraints, indexes and triggers. */
export async function tableObjects(client: Client): Promise<DumpObject[]> {
  const found: DumpObject[] = [];
  for (const [rank, query] of QUERIES) found.push(...(await objectsFrom(client, rank, query)));
  return found;
}

/** A partition is made with all its columns, in its own order; a child only with those that it does not inherit. */
const columns = `
  SELECT string_agg(format(E'\\n  %I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), ${collation('a.attcollation', 'a.atttypid')},
      CASE a.attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' ELSE '' END,
      CASE a.attgenerated WHEN 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)) ELSE '' END,
      CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), ',' ORDER BY a.attnum)
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR c.relispartition)`;

const parents = `
  SELECT ' INHERITS (' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) || ')'
  FROM pg_inherits i WHERE i.inhrelid = c.oid AND NOT c.relispartition`;

const inheritedNotNulls = `
  SELECT string_agg(format(E'\\nALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL;', c.oid::regclass, a.attname), '' ORDER BY a.attnum)
  FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attnotnull AND NOT a.attislocal AND NOT c.relispartition`;

/** A partition has those of its parent. */
const identities = `
  SELECT string_agg(format(E'\\nALTER TABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s);',
      c.oid::regclass, a.attname, CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.seqrelid::regclass, ${sequenceOptions}), '' ORDER BY a.attnum)
  FROM pg_attribute a
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
  JOIN pg_sequence s ON s.seqrelid = d.objid
  WHERE a.attrelid = c.oid AND a.attidentity <> '' AND NOT a.attisdropped AND NOT c.relispartition`;

const attachment = `
  SELECT format(E'\\nALTER TABLE ONLY %s ATTACH PARTITION %s %s;', i.inhparent::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid))
  FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition`;

const tables = `
  SELECT 'pg_class:' || c.oid AS key, c.oid::regclass::text AS name,
    format(E'CREATE %sTABLE %s (%s\\n)%s%s%s;', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END,
      c.oid::regclass, (${columns}), (${parents}),
      CASE c.relkind WHEN 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END, ${withOptions})
    || coalesce((${inheritedNotNulls}), '') || coalesce((${identities}), '') || coalesce((${attachment}), '') AS sql
  FROM pg_class c WHERE ${isOwnRelation('rp')}`;

const defaults = `
  SELECT 'pg_attrdef:' || d.oid AS key, format('%s.%I', c.oid::regclass, a.attname) AS name,
    format('ALTER %s %s ALTER COLUMN %I SET DEFAULT %s;', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE ONLY' END,
      c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)) AS sql
  FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  WHERE a.attgenerated = '' AND NOT a.attisdropped AND ${isOwnRelation('rpv')}`;

/** A table without columns still has rows: then the list of columns is left out. Generated columns are computed anew. */
const data = `
  SELECT 'data:' || c.oid AS key, c.oid::regclass::text AS name, ARRAY['pg_class:' || c.oid] AS after,
    format('COPY %s%s', c.oid::regclass, (SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')) AS sql
  FROM pg_class c WHERE ${isOwnRelation('r')}`;

/** Checks go down to children and partitions, where one of the same name and meaning is merged. */
const constraints = `
  SELECT 'pg_constraint:' || k.oid AS key, format('%s %I', c.oid::regclass, k.conname) AS name, ARRAY['data:' || c.oid] AS after,
    format('ALTER TABLE %s%s ADD CONSTRAINT %I %s;', CASE k.contype WHEN 'c' THEN '' ELSE 'ONLY ' END, c.oid::regclass, k.conname, pg_get_constraintdef(k.oid))
    || coalesce((SELECT format(E'\\nALTER INDEX %s ATTACH PARTITION %s;', p.conindid::regclass, k.conindid::regclass)
         FROM pg_constraint p WHERE p.oid = k.conparentid), '') AS sql
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.contype IN ('p', 'u', 'x', 'c') AND (k.contype <> 'c' OR k.conislocal) AND ${isOwnRelation('rp')}`;

const indexes = `
  SELECT 'pg_class:' || i.indexrelid AS key, i.indexrelid::regclass::text AS name, ARRAY['data:' || c.oid] AS after,
    pg_get_indexdef(i.indexrelid) || ';' || coalesce((SELECT format(E'\\nALTER INDEX %s ATTACH PARTITION %s;', h.inhparent::regclass, i.indexrelid::regclass)
      FROM pg_inherits h WHERE h.inhrelid = i.indexrelid), '') AS sql
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE ${isOwnRelation('rpm')} AND (i.indisvalid OR c.relkind = 'p') AND NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))`;

/** Those of partitions come with the one of the partitioned table. */
const foreignKeys = `
  SELECT 'pg_constraint:' || k.oid AS key, format('%s %I', c.oid::regclass, k.conname) AS name,
    ARRAY['data:' || c.oid, 'data:' || k.confrelid] AS after,
    format('ALTER TABLE %s%s ADD CONSTRAINT %I %s;', CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS sql
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.contype = 'f' AND k.conparentid = 0 AND ${isOwnRelation('rp')}`;

const triggers = `
  SELECT 'pg_trigger:' || t.oid AS key, format('%s %I', c.oid::regclass, t.tgname) AS name, ARRAY['data:' || c.oid] AS after,
    pg_get_triggerdef(t.oid) || ';' || CASE t.tgenabled WHEN 'O' THEN '' ELSE format(E'\\nALTER TABLE %s %s TRIGGER %I;', c.oid::regclass,
      CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname) END AS sql
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND ${isOwnRelation('rpv')}`;

const QUERIES: readonly (readonly [number, string])[] = [
  [RANKS.table, tables],
  [RANKS.default, defaults],
  [RANKS.data, data],
  [RANKS.constraint, constraints],
  [RANKS.index, indexes],
  [RANKS.foreignKey, foreignKeys],
  [RANKS.trigger, triggers],
];
