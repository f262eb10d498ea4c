import type { FixAction } from '../../../src/domain/fix.ts';
import { NONE } from '../../../src/domain/plan-settings.ts';
import { fixAction, settingsOf } from './fix-action.ts';
import type { Ailment, Remedy } from './proposal.ts';
import { readVariables } from './read-variables.ts';
import { textIn } from './untrusted.ts';

/** What an application is given with a database of HiveMind's. */
const GIVEN = /^(?:DATABASE_URL|PG(?:HOST|PORT|USER|PASSWORD|DATABASE))$/;
const POSTGRES_PORT = 5432;
const POSTGRES_DRIVERS = ['pg', 'pg-promise', 'postgres', 'pg-native', '@prisma/adapter-pg', 'pgvector'];
const OTHER_DRIVERS = [
  'mysql',
  'mysql2',
  'mariadb',
  'mongodb',
  'mongoose',
  'mssql',
  'tedious',
  'oracledb',
  'sqlite3',
  'better-sqlite3',
];

/** A PostgreSQL for an application that wants one and has none; connections that the operator has given are the operator's. */
export const rewireDatabaseUrl: Remedy = (ailment) => {
  const { plan, deployment } = ailment;
  const settings = settingsOf(ailment);
  if (plan === null || plan.database.value !== null || settings === undefined) return [];
  if (plan.runtime.value === 'static' || settings.environmentNames.some((name) => GIVEN.test(name)))
    return [];
  if (!wantsPostgres(ailment)) return [];
  const costs = deployment.target === 'aws' || settings.plan?.database === NONE;
  return [
    fixAction(ailment, 'rewire_database_url', {
      does: `give the application a PostgreSQL database of its own, with DATABASE_URL${deployment.target === 'aws' ? ' (a database on AWS costs money)' : ''}`,
      risk: costs ? 'needs-approval' : 'safe',
      parameters: { database: 'postgres' },
      change: { plan: { database: 'postgres' } },
    }),
  ];
};

/** Nothing may speak for another kind of database. */
function wantsPostgres({ diagnosis, repository }: Ailment): boolean {
  const { parameters } = diagnosis;
  const name = textIn(parameters, 'name');
  const port = parameters['port'] ?? POSTGRES_PORT;
  if ((name !== undefined && !GIVEN.test(name)) || port !== POSTGRES_PORT) return false;
  if (name === undefined && diagnosis.cause === 'missing_env_var') return false;
  const packages = [...(repository?.dependencies ?? []), ...(repository?.devDependencies ?? [])];
  const has = (drivers: readonly string[]): boolean => drivers.some((driver) => packages.includes(driver));
  return has(POSTGRES_DRIVERS) || !has(OTHER_DRIVERS);
}

/** Variables that applications read the size of their pool of connections from. */
const POOL_VARIABLES = [
  'DB_POOL_SIZE',
  'DB_POOL_MAX',
  'DB_POOL',
  'DB_MAX_CONNECTIONS',
  'DATABASE_POOL_SIZE',
  'DATABASE_POOL_MAX',
  'DATABASE_MAX_CONNECTIONS',
  'PG_POOL_SIZE',
  'PG_POOL_MAX',
  'PGPOOL_MAX',
  'POOL_SIZE',
  'POOL_MAX',
];
const SMALL_POOL = '2';

export const reducePool: Remedy = (ailment) => {
  const read = readVariables(ailment);
  const name = POOL_VARIABLES.find((candidate) => read.includes(candidate));
  return name === undefined ? [] : [withPool(ailment, name)];
};

const withPool = (ailment: Ailment, name: string): FixAction =>
  fixAction(ailment, 'reduce_db_pool', {
    does: `let each instance open ${SMALL_POOL} connections to the database, by ${name}`,
    parameters: { name, value: SMALL_POOL },
    change: { variables: { [name]: SMALL_POOL } },
  });
