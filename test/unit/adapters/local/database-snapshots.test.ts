import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { list } from 'tar';
import { type Connection, withClient } from '../../../../src/adapters/local/database/connection.ts';
import { beginDump, dumpScript } from '../../../../src/adapters/local/database/dump.ts';
import { localDatabaseSnapshots } from '../../../../src/adapters/local/database-snapshots.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import {
  type LastingCluster,
  lastingCluster,
  query,
  runScript,
  temporaryClusters,
} from '../../../fixtures/databases.ts';

jest.setTimeout(60_000);

const STACK = 'shop-abc234-database';
const richSchema = readFileSync(new URL('../../../fixtures/sql/rich-schema.sql', import.meta.url), 'utf8');

let lasting: Promise<LastingCluster> | undefined;

/** The server of all tests; the database of the application in it, and the folder of the snapshots, are new. */
async function newDatabase() {
  lasting ??= lastingCluster(STACK, { deploymentId: 'shop-abc234', databaseName: 'shop' });
  const { home, endpoint } = await lasting;
  const { clusters, secrets } = await temporaryClusters(home);
  rmSync(home.folder('snapshots'), { recursive: true, force: true });
  mkdirSync(home.folder('snapshots'));
  const { PGUSER: user = '', PGPASSWORD: password = '' } = await secrets.get(endpoint.secret);
  const superuser = await clusters.superuser(STACK);
  await query(
    { ...superuser, database: 'postgres' },
    `DROP DATABASE shop WITH (FORCE)`,
    `CREATE DATABASE shop OWNER ${user}`,
    `REVOKE ALL ON DATABASE shop FROM PUBLIC`,
  );
  const application = { host: '127.0.0.1', port: endpoint.port, user, password, database: 'shop' };
  return { home, clusters, superuser, application, user };
}

async function databaseWith(...statements: string[]) {
  const { home, clusters, superuser, application, user } = await newDatabase();
  await query(application, ...statements);
  const state = openStateDatabase(':memory:');
  const snapshots = localDatabaseSnapshots({ home, clusters, database: state });
  /** Another empty database of the application. */
  const emptyDatabase = async (database: string): Promise<Connection> => {
    await query(superuser, `CREATE DATABASE ${database} OWNER ${user}`);
    return { ...application, database };
  };
  return { home, clusters, state, snapshots, application, superuser, emptyDatabase };
}

/** What a database is, asked of the catalogs in another way than the dump does. */
const FINGERPRINTS = [
  `SELECT table_schema, table_name, column_name, data_type, udt_name, domain_name, character_maximum_length, numeric_scale, is_nullable,
     column_default, is_identity, identity_generation, identity_start, identity_increment, is_generated, generation_expression, collation_name
   FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3`,
  `SELECT conrelid::regclass::text, contypid::regtype::text, conname, contype, convalidated, conislocal, coninhcount, pg_get_constraintdef(oid)
   FROM pg_constraint WHERE connamespace <> 'information_schema'::regnamespace AND oid >= 16384 ORDER BY 1, 2, 3`,
  `SELECT x.*, indisvalid FROM pg_indexes x JOIN pg_index ON indexrelid = format('%I.%I', schemaname, indexname)::regclass
   WHERE schemaname NOT LIKE 'pg_%' ORDER BY 1, 2, 3`,
  `SELECT schemaname, viewname, definition, (SELECT reloptions FROM pg_class WHERE oid = format('%I.%I', schemaname, viewname)::regclass)
   FROM pg_views WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  `SELECT schemaname, matviewname, ispopulated, hasindexes, definition FROM pg_matviews ORDER BY 1, 2`,
  `SELECT * FROM pg_sequences ORDER BY 1, 2`,
  `SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`,
  `SELECT oid::regprocedure::text AS name, pg_get_functiondef(oid) FROM pg_proc p WHERE oid >= 16384 AND prokind <> 'a'
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') ORDER BY 1`,
  `SELECT enumtypid::regtype::text, array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum GROUP BY 1 ORDER BY 1`,
  `SELECT inhrelid::regclass::text, inhparent::regclass::text, pg_get_expr(relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid ORDER BY 1, 2`,
  `SELECT c.oid::regclass::text, relkind, relpersistence, reloptions, pg_get_partkeydef(c.oid) FROM pg_class c WHERE relkind IN ('r', 'p', 'm', 'v', 'S', 'c')
   AND c.oid >= 16384 ORDER BY 1`,
  `SELECT type, identity, description FROM pg_description, pg_identify_object(classoid, objoid, objsubid)
   WHERE (objoid >= 16384) AND type <> 'extension' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = objoid AND deptype = 'e') ORDER BY 1, 2`,
  `SELECT extname, extnamespace::regnamespace::text FROM pg_extension ORDER BY 1`,
];

const fingerprint = (connection: Connection): Promise<unknown> =>
  withClient(connection, async (client) => {
    const found: unknown[] = [];
    for (const statement of FINGERPRINTS) found.push((await client.query(statement)).rows);
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind IN ('r', 'm') AND oid >= 16384 AND relispopulated ORDER BY 1`,
    );
    for (const { name } of tables) {
      found.push(name, (await client.query(`SELECT t::text AS row FROM ONLY ${name} t ORDER BY 1`)).rows);
    }
    return found;
  });

const scriptOf = (connection: Connection) =>
  withClient(connection, async (client) => {
    const pieces: string[] = [];
    for await (const piece of dumpScript(client, 'title', await beginDump(client)))
      pieces.push(String(piece));
    return pieces.join('');
  });

const hasPsql = await promisify(execFile)('psql', ['--version']).then(
  () => true,
  () => false,
);

test('restores everything it saved', async () => {
  const { snapshots, application, superuser, emptyDatabase } = await databaseWith(richSchema);

  const { location, bytes } = await snapshots.create(STACK, 'token');

  const copy = await emptyDatabase('copy');
  await runScript(copy, readFileSync(location, 'utf8'));
  const original = await fingerprint(application);
  expect(await fingerprint(copy)).toEqual(original);
  expect(await scriptOf({ ...superuser, database: 'copy' })).toBe(await scriptOf(superuser));
  if (hasPsql) {
    const byPsql = await emptyDatabase('by_psql');
    const { host, port, user, password, database } = byPsql;
    const address = `postgresql://${user}@${host}:${port}/${database}`;
    const env = { PATH: process.env['PATH'] ?? '', PGPASSWORD: password };
    await promisify(execFile)('psql', ['-X', '-q', '-f', location, address], { env });
    expect(await fingerprint(byPsql)).toEqual(original);
  }
  expect(statSync(location).mode & 0o777).toBe(0o600);
  expect(statSync(location).size).toBe(bytes);
  expect(existsSync(location.replace(/\.sql$/, '.pgdata.tar.gz'))).toBe(false);
});

test('saves the files where a script cannot hold everything', async () => {
  const { clusters, snapshots, application } = await databaseWith(
    `CREATE TABLE t (x integer PRIMARY KEY, y text)`,
    `CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING`,
    `CREATE POLICY mine ON t USING (true)`,
    `ALTER TABLE t ENABLE ROW LEVEL SECURITY`,
    `SELECT lo_from_bytea(0, 'large')`,
    `CREATE AGGREGATE total (integer) (sfunc = int4pl, stype = integer)`,
    `CREATE OPERATOR === (leftarg = integer, rightarg = integer, function = int4eq)`,
    `CREATE TYPE span AS RANGE (subtype = integer)`,
    `CREATE PUBLICATION p FOR TABLE t`,
    `CREATE STATISTICS s ON x, y FROM t`,
    `CREATE TEXT SEARCH CONFIGURATION words (COPY = simple)`,
    `CREATE COLLATION other (provider = libc, locale = 'C')`,
    `ALTER TABLE t ALTER COLUMN y SET STORAGE EXTERNAL`,
    `ALTER TABLE t REPLICA IDENTITY FULL`,
    `ALTER DATABASE shop SET timezone = 'Asia/Tokyo'`,
    `COMMENT ON DATABASE shop IS 'the shop'`,
    `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC`,
    `GRANT SELECT ON t TO PUBLIC`,
  );

  const { location, bytes } = await snapshots.create(STACK, 'token');

  const archive = location.replace(/\.sql$/, '.pgdata.tar.gz');
  const unwritten = [...readFileSync(location, 'utf8').matchAll(/^-- Not in this file, .*: (.*)$/gm)];
  expect(unwritten.map(([, kind]) => kind)).toEqual([
    'aggregates',
    'collations',
    'comment on the database',
    'default privileges',
    'extended statistics',
    'large objects',
    'operators',
    'privileges',
    'publications',
    'range and base types',
    'replica identities',
    'row security',
    'row security policies',
    'rules',
    'settings of the database or its roles',
    'storage and statistics settings of columns',
    'text search configurations',
  ]);
  const files: string[] = [];
  await list({ file: archive, onReadEntry: ({ path }) => files.push(path) });
  expect(files).toEqual(expect.arrayContaining(['data/PG_VERSION', 'data/global/pg_control']));
  expect(files).not.toContain('data/postmaster.pid');
  expect(statSync(archive).mode & 0o777).toBe(0o600);
  expect(statSync(archive).size + statSync(location).size).toBe(bytes);
  expect(await query(application, `SELECT count(*) FROM t`)).toEqual([{ count: '0' }]);
  expect((await clusters.describe(STACK))?.state).toBe('running');
});

test('does not run code of the application as superuser', async () => {
  const { snapshots, superuser } = await databaseWith(
    `CREATE TABLE t (x integer)`,
    `CREATE FUNCTION evil() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
       IF current_user = 'postgres' THEN CREATE TABLE public.captured (); END IF; RETURN 1; END $$`,
    `CREATE FUNCTION public.quote_ident(text) RETURNS text LANGUAGE sql AS $$ SELECT evil()::text $$`,
    `CREATE FUNCTION public.format(text, regclass) RETURNS text LANGUAGE sql AS $$ SELECT evil()::text $$`,
    `CREATE VIEW v AS SELECT evil()`,
    `CREATE MATERIALIZED VIEW m AS SELECT evil()`,
    `CREATE INDEX i ON t (abs(x)) WHERE x > 0`,
    `ALTER DATABASE shop SET search_path = public, pg_catalog`,
    `ALTER DATABASE shop SET default_transaction_read_only = off`,
  );

  await snapshots.create(STACK, 'token');

  expect(await query(superuser, `SELECT to_regclass('public.captured') AS captured`)).toEqual([
    { captured: null },
  ]);
});

test('completes a recorded snapshot after a crash', async () => {
  const { home, snapshots } = await databaseWith(`CREATE TABLE t AS SELECT 1 AS x`);
  const { location } = await snapshots.create(STACK, 'token');
  const text = readFileSync(location, 'utf8');
  rmSync(location);
  // sha256 of "token", after which the unfinished file is named.
  const digest = '3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0';
  writeFileSync(home.folder('snapshots', `.unfinished-${digest}.sql`), text);

  expect(await snapshots.create(STACK, 'token')).toMatchObject({ location });
  expect(readdirSync(home.folder('snapshots'))).toEqual([basename(location)]);
  expect(readFileSync(location, 'utf8')).toBe(text);
});

test('fails with SnapshotFailed and leaves no file', async () => {
  const { home, clusters, state, snapshots } = await databaseWith(
    `CREATE TABLE t AS SELECT generate_series(1, 1000) AS x`,
  );
  const failing = localDatabaseSnapshots({
    home,
    database: state,
    clusters: {
      describe: (stack) => clusters.describe(stack),
      superuser: async (stack) => ({ ...(await clusters.superuser(stack)), password: 'wrong' }),
      whileStopped: () => Promise.reject(new Error('not needed')),
    },
  });

  await expect(failing.create(STACK, 'token')).rejects.toMatchObject({
    name: 'SnapshotFailed',
    message: expect.stringContaining('password authentication failed'),
  });
  expect(readdirSync(home.folder('snapshots'))).toEqual([]);
  expect(await failing.list('shop-abc234')).toEqual([]);

  rmSync(home.folder('snapshots'), { recursive: true });
  await expect(snapshots.create(STACK, 'token')).rejects.toMatchObject({ name: 'SnapshotFailed' });
  mkdirSync(home.folder('snapshots'));
  expect(await snapshots.create(STACK, 'token')).toMatchObject({ deploymentId: 'shop-abc234' });
});
