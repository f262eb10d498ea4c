import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** Any number that no other program takes as its advisory lock in this database. */
const LOCK = 7_305_001;
const folder = new URL('migrations/', import.meta.url);

if (!process.env.DATABASE_URL) {
  console.error('DATABASE_URL is not set: it names the PostgreSQL database to migrate');
  process.exit(1);
}

const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 10_000 });
await client.connect();
try {
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  await client.query(
    'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
  );
  await applyMissing(client);
} finally {
  await client.end();
}

async function applyMissing(client) {
  const { rows } = await client.query('select name from schema_migrations');
  const applied = new Set(rows.map((row) => row.name));
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const missing = files.filter((name) => !applied.has(name));
  for (const name of missing) {
    const sql = await readFile(new URL(name, folder), 'utf8');
    await inTransaction(client, async () => {
      await client.query(sql);
      await client.query('insert into schema_migrations (name) values ($1)', [name]);
    });
    console.log(`applied ${name}`);
  }
  console.log(`${missing.length} of ${files.length} migrations applied, ${applied.size} were there already`);
}

async function inTransaction(client, work) {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
