import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Home } from '../home.ts';
import { ProcessGroup, scrubbedEnvironment } from '../process-group.ts';
import { type Connection, withClient } from './connection.ts';
import { cancelled, databaseFailure } from './failures.ts';
import type { SystemUser } from './postgres-user.ts';

export const HOST = '127.0.0.1';
export const SUPERUSER = 'postgres';
/** The role of the application: it owns its database and nothing else. */
export const APPLICATION_ROLE = 'application';

/** @throws {HiveMindError} InvalidInput */
export function assertDatabaseName(name: string): void {
  const isReserved = ['postgres', 'template0', 'template1'].includes(name);
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name) && !isReserved) return;
  throw new HiveMindError(
    'InvalidInput',
    `"${printable(name.slice(0, 80))}" cannot be the name of a database`,
    {
      hint: 'use 1 to 63 lower-case letters, digits and underscores, starting with a letter, and none of the names PostgreSQL reserves',
    },
  );
}

/** The values of the secret that the application gets. */
export function applicationCredentials(
  port: number,
  databaseName: string,
  password: string,
): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: `postgresql://${APPLICATION_ROLE}:${password}@${HOST}:${port}/${databaseName}`,
    PGHOST: HOST,
    PGPORT: String(port),
    PGUSER: APPLICATION_ROLE,
    PGPASSWORD: password,
    PGDATABASE: databaseName,
  };
}

export interface NewCluster {
  readonly home: Home;
  readonly program: string;
  readonly user: SystemUser | undefined;
  /** Exists and belongs to `user`; the data goes to `data` in it. */
  readonly folder: string;
  readonly superuserPassword: string;
}

/** Runs `initdb`. @throws {HiveMindError} DatabaseUnavailable, DiskFull, Cancelled */
export async function initializeCluster(cluster: NewCluster, signal: AbortSignal): Promise<void> {
  const { home, program, user, folder, superuserPassword } = cluster;
  const passwordFile = join(folder, 'initial-password');
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const lines: string[] = [];
  const group = await ProcessGroup.start({
    home,
    argv: [program, ...initdbArguments(join(folder, 'data'), passwordFile)],
    directory: folder,
    environment: scrubbedEnvironment(),
    ...(user && { user }),
    onLine: (line) => lines.push(line),
  });
  const { code } = await abortable(
    signal,
    () => group.stop(0),
    () => group.exited,
  );
  await rm(passwordFile);
  if (signal.aborted) throw cancelled();
  if (code !== 0) throw databaseFailure('the database could not be initialized', lines.slice(-20));
}

/**
 * The locale `C.UTF-8` of the builtin provider knows the letters of all languages and does not depend on what this machine has
 * installed. Without `--no-sync` a new cluster takes seconds on a slow disk, and it holds nothing yet.
 */
const initdbArguments = (dataFolder: string, passwordFile: string): readonly string[] => [
  `--pgdata=${dataFolder}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
];

/** Runs `work`, and `stop` beside it as soon as `signal` aborts, so that `work` ends early. */
export async function abortable<T>(
  signal: AbortSignal,
  stop: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const result = work();
  let stopped: Promise<unknown> | undefined;
  const onAbort = () => {
    stopped = stop();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await result;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await stopped;
  }
}

/** Makes the application's role and database. No other database of the cluster lets it in. */
export async function createApplicationDatabase(
  superuser: Connection,
  databaseName: string,
  password: string,
): Promise<void> {
  await withClient(superuser, async (client) => {
    const database = client.escapeIdentifier(databaseName);
    await client.query(
      `CREATE ROLE ${APPLICATION_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
       PASSWORD ${client.escapeLiteral(password)}`,
    );
    await client.query(`CREATE DATABASE ${database} OWNER ${APPLICATION_ROLE}`);
    await client.query(`REVOKE ALL ON DATABASE ${database}, postgres, template1 FROM PUBLIC`);
  });
}
