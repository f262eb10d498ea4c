import type { Client } from 'pg';
import * as z from 'zod';
import { isOwn, isOwnRelation } from './dump-queries.ts';

/**
 * The kinds of things in a database that a dump does not write, in words. Catalogs nobody thought of are found too: whatever has
 * an object id of the application's and is not known to be written counts.
 */
export async function unwrittenKinds(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query(CATALOGS_WITH_OIDS);
  const catalogs = z.array(z.object({ catalog: z.string().regex(/^pg_\w+$/) })).parse(rows);
  const sweeps = catalogs.map(
    ({ catalog }) => [KINDS[catalog] ?? catalog, `FROM ${sweep(catalog)}`] as const,
  );
  const questions = [...sweeps, ...DETAILS].map(
    ([kind, from]) => `SELECT '${kind}' AS kind WHERE EXISTS (SELECT ${from})`,
  );
  const found = await client.query(`${questions.join('\nUNION ')} ORDER BY 1`);
  return z
    .array(z.object({ kind: z.string() }))
    .parse(found.rows)
    .map(({ kind }) => kind);
}

/** Without what another object brings along, as a range type does a cast. */
const sweep = (catalog: string): string => `${catalog} o WHERE ${isOwn(catalog, 'o.oid')} AND NOT EXISTS (
  SELECT FROM pg_depend i WHERE i.classid = '${catalog}'::regclass AND i.objid = o.oid AND i.deptype = 'i')`;

/** Catalogs of one database whose rows are not, or not only, parts of other objects. */
const CATALOGS_WITH_OIDS = `
  SELECT c.relname::text AS catalog FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid'
  WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared AND c.relname NOT IN (
    'pg_class', 'pg_type', 'pg_proc', 'pg_constraint', 'pg_attrdef', 'pg_trigger', 'pg_namespace', 'pg_extension',
    'pg_rewrite', 'pg_enum', 'pg_amop', 'pg_amproc')`;

const KINDS: Readonly<Record<string, string>> = {
  pg_am: 'access methods',
  pg_cast: 'casts',
  pg_collation: 'collations',
  pg_conversion: 'conversions',
  pg_default_acl: 'default privileges',
  pg_event_trigger: 'event triggers',
  pg_foreign_data_wrapper: 'foreign data wrappers',
  pg_foreign_server: 'foreign servers',
  pg_language: 'languages',
  pg_largeobject_metadata: 'large objects',
  pg_opclass: 'operator classes',
  pg_operator: 'operators',
  pg_opfamily: 'operator families',
  pg_policy: 'row security policies',
  pg_publication: 'publications',
  pg_publication_namespace: 'publications',
  pg_publication_rel: 'publications',
  pg_statistic_ext: 'extended statistics',
  pg_transform: 'transforms',
  pg_ts_config: 'text search configurations',
  pg_ts_dict: 'text search dictionaries',
  pg_ts_parser: 'text search parsers',
  pg_ts_template: 'text search templates',
  pg_user_mapping: 'user mappings',
};

/** `kind` is an expression for the kind of object, as `acldefault` takes it. */
const changed = (acl: string, kind: string, owner: string): string => `${acl} IS NOT NULL
  AND (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(${acl}) x) IS DISTINCT FROM
      (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(acldefault((${kind})::"char", ${owner})) x)`;

/** What of the written kinds is not written. */
const DETAILS: readonly (readonly [kind: string, from: string])[] = [
  ['rules', `FROM pg_rewrite r WHERE r.rulename <> '_RETURN' AND ${isOwn('pg_rewrite', 'r.oid')}`],
  ['foreign tables', `FROM pg_class c WHERE ${isOwnRelation('f')}`],
  ['aggregates', `FROM pg_proc p WHERE p.prokind NOT IN ('f', 'p', 'w') AND ${isOwn('pg_proc', 'p.oid')}`],
  [
    'range and base types',
    `FROM pg_type t WHERE t.typtype NOT IN ('c', 'd', 'e') AND ${isOwn('pg_type', 't.oid')}
       AND NOT EXISTS (SELECT FROM pg_type y WHERE y.typarray = t.oid)`,
  ],
  [
    'row security',
    `FROM pg_class c WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND ${isOwnRelation('rp')}`,
  ],
  ['typed tables', `FROM pg_class c WHERE c.reloftype <> 0 AND ${isOwnRelation('rp')}`],
  ['tablespaces', `FROM pg_class c WHERE c.reltablespace <> 0 AND ${isOwnRelation('rpmiI')}`],
  [
    'table access methods',
    `FROM pg_class c JOIN pg_am m ON m.oid = c.relam WHERE m.amname <> 'heap' AND ${isOwnRelation('rpm')}`,
  ],
  [
    'replica identities',
    `FROM pg_class c WHERE c.relreplident <> 'd' AND c.relkind <> 'm' AND ${isOwnRelation('rp')}`,
  ],
  [
    'clustering and replica indexes',
    `FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE (i.indisclustered OR i.indisreplident) AND ${isOwnRelation('rpm')}`,
  ],
  [
    'storage and statistics settings of columns',
    `FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attnum > 0 AND NOT a.attisdropped AND (a.attstorage <> t.typstorage OR a.attstattarget >= 0 OR a.attoptions IS NOT NULL)
       AND ${isOwnRelation('rpm')}`,
  ],
  [
    'triggers of partitions with a state of their own',
    `FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled`,
  ],
  [
    'data of extensions',
    `FROM pg_class c JOIN pg_depend e ON e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
     WHERE c.relkind IN ('r', 'p', 'm', 'S')`,
  ],
  [
    'settings of the database or its roles',
    `FROM pg_db_role_setting s WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  ],
  [
    'comment on the database',
    `FROM pg_shdescription s WHERE s.classoid = 'pg_database'::regclass
       AND s.objoid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  ],
  [
    'privileges',
    `FROM pg_class c WHERE ${isOwnRelation('rpvmS')}
       AND ${changed('c.relacl', `CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END`, 'c.relowner')}`,
  ],
  [
    'privileges',
    `FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND ${isOwnRelation('rpvm')}`,
  ],
  [
    'privileges',
    `FROM pg_proc p WHERE ${isOwn('pg_proc', 'p.oid')} AND ${changed('p.proacl', "'f'", 'p.proowner')}`,
  ],
  [
    'privileges',
    `FROM pg_type t WHERE ${isOwn('pg_type', 't.oid')} AND ${changed('t.typacl', "'T'", 't.typowner')}`,
  ],
  [
    'privileges',
    `FROM pg_namespace n WHERE ${isOwn('pg_namespace', 'n.oid')} AND ${changed('n.nspacl', "'n'", 'n.nspowner')}`,
  ],
  [
    'privileges',
    // What initdb gives: everybody may use it, the owner of the database may create in it.
    `FROM pg_namespace n WHERE n.nspname = 'public' AND n.oid < 16384
       AND n.nspacl::text <> '{pg_database_owner=UC/pg_database_owner,=U/pg_database_owner}'`,
  ],
];
