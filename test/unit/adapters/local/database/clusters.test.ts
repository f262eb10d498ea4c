import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type {
  ClusterDescription,
  PostgresClusters,
} from '../../../../../src/adapters/local/database/clusters.ts';
import { isPortFree } from '../../../../../src/adapters/local/database/database-port.ts';
import { postgresBinaries } from '../../../../../src/adapters/local/database/postgres-binaries.ts';
import {
  clusterFolder,
  createClusterFolder,
  postgresUser,
} from '../../../../../src/adapters/local/database/postgres-user.ts';
import { serverArguments } from '../../../../../src/adapters/local/database/server-settings.ts';
import { localProbe } from '../../../../../src/adapters/local/probe.ts';
import {
  type LastingCluster,
  lastingCluster,
  never,
  query,
  temporaryClusters,
} from '../../../../fixtures/databases.ts';
import { waitFor } from '../../../../fixtures/wait-for.ts';

// Making a cluster takes half a second, and far longer beside other work on a slow disk.
jest.setTimeout(60_000);

const STACK = 'shop-abc234-database';
const REQUEST = { deploymentId: 'shop-abc234', databaseName: 'shop' };

let lasting: Promise<LastingCluster> | undefined;

/** The cluster of the tests that leave it as it was, stopped. */
const stoppedCluster = (): Promise<LastingCluster> => {
  lasting ??= lastingCluster(STACK, REQUEST);
  return lasting;
};

/** The same, running. */
async function runningCluster() {
  const { home, endpoint } = await stoppedCluster();
  const found = await temporaryClusters(home);
  expect(await found.clusters.restore()).toEqual([]);
  return { ...found, endpoint };
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`) || processAnswers(pid);
function processAnswers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function described(clusters: PostgresClusters): Promise<ClusterDescription> {
  const description = await clusters.describe(STACK);
  if (description === undefined) throw new Error('there is no cluster');
  return description;
}

async function nothingIsLeft(clusters: PostgresClusters, { folder, port, pid }: ClusterDescription) {
  expect(await clusters.list()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(await isPortFree(port)).toBe(true);
  expect(pid !== undefined && isAlive(pid)).toBe(false);
}

test('keeps data and address over a restart', async () => {
  const { home, secrets, clusters } = await temporaryClusters();
  const endpoint = await clusters.create(STACK, REQUEST, never);
  const { DATABASE_URL: connectionString = '' } = await secrets.get(endpoint.secret);
  await query({ connectionString }, `create table t (x text)`, `insert into t values ('ÄÖ')`);
  const before = await described(clusters);
  await clusters.close();
  expect(await isPortFree(endpoint.port)).toBe(true);

  const { clusters: next } = await temporaryClusters(home);
  expect(await next.restore()).toEqual([]);

  expect(await query({ connectionString }, `select lower(x) as x from t`)).toEqual([{ x: 'äö' }]);
  const database = { secret: endpoint.secret, computeStack: 'shop-1-compute-blue' };
  expect(await localProbe(secrets).sql(database, 10_000)).toMatchObject({
    reached: true,
    answer: { serverVersion: expect.stringMatching(/^\d+\.\d+/) },
  });
  expect(await next.create(STACK, REQUEST, never)).toEqual(endpoint);
  await next.remove(STACK);
  await next.remove(STACK);
  await nothingIsLeft(next, before);
  expect(readdirSync(home.folder('databases'))).toEqual([]);
  expect(await secrets.get(endpoint.secret)).toHaveProperty('PGPASSWORD');
});

test('confines the application to its own database', async () => {
  const { home, secrets, endpoint } = await runningCluster();
  const { PGUSER: user = '', PGPASSWORD: password = '', ...rest } = await secrets.get(endpoint.secret);
  const { host, port } = endpoint;
  const application = { host, port, user, password, database: 'shop' };

  expect(rest).toMatchObject({ PGHOST: '127.0.0.1', PGPORT: String(port), PGDATABASE: 'shop' });
  for (const database of ['postgres', 'template1']) {
    await expect(query({ ...application, database })).rejects.toThrow(/permission denied for database/);
  }
  for (const statement of [
    `alter role ${user} superuser`,
    `set role postgres`,
    `create role other`,
    `create database other`,
    `copy (select 1) to program 'true'`,
    `select pg_read_file('/etc/passwd')`,
    `select * from pg_authid`,
    `alter system set log_statement = 'all'`,
  ]) {
    await expect(query(application, statement)).rejects.toThrow(/permission denied|must be/);
  }
  await expect(query({ ...application, password: 'wrong' })).rejects.toThrow(
    /password authentication failed/,
  );
  await expect(query({ ...application, user: 'postgres' })).rejects.toThrow(/password authentication failed/);
  expect(statSync(home.folder('databases', STACK, 'superuser-password')).mode & 0o777).toBe(0o600);
  await query(application, `create schema private`, `create extension pgcrypto`);
});

test('restarts a server that was killed', async () => {
  const { clusters, lines, secrets, endpoint } = await runningCluster();
  const { DATABASE_URL: connectionString = '' } = await secrets.get(endpoint.secret);
  await query({ connectionString }, `create table t as select 1 as x`);
  const { pid = 0 } = await described(clusters);

  process.kill(pid, 'SIGKILL');

  const after = await waitFor(async () => {
    const now = await described(clusters);
    return now.pid !== pid && now.state === 'running' ? now : undefined;
  });
  expect(after.restarts).toBe(1);
  expect(await query({ connectionString }, `select x from t`)).toEqual([{ x: 1 }]);
  expect(lines).toContainEqual(
    expect.stringMatching(/^WARNING: .*was ended by SIGKILL; it is started again$/),
  );
});

test('replaces the server of a HiveMind that was killed', async () => {
  const { home } = await stoppedCluster();
  const { clusters: next } = await temporaryClusters(home);
  const { folder, port } = await described(next);
  const user = await postgresUser();
  const { postgres } = await postgresBinaries(user);
  const orphan = spawn(postgres, serverArguments(join(folder, 'data'), port), { cwd: folder, ...user });
  await saysReady(orphan);

  expect(await next.restore()).toEqual([]);

  expect(orphan.exitCode).toBe(0);
  expect((await described(next)).state).toBe('running');
});

const saysReady = (server: ChildProcess) =>
  new Promise<void>((resolve) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('ready to accept connections')) resolve();
    });
  });

test('starts over after a half-done creation', async () => {
  const { home, clusters } = await temporaryClusters();
  const folder = clusterFolder(home, STACK);
  await createClusterFolder(folder, await postgresUser());
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'PG_VERSION'), '17\n');
  mkdirSync(home.folder('databases', STACK), { recursive: true });
  const half = { version: 1, stack: STACK, ...REQUEST, port: 0, phase: 'creating', secret: null };
  writeFileSync(home.folder('databases', STACK, 'cluster.json'), JSON.stringify(half));
  const initdb = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: folder });
  const ended = new Promise((resolve) => initdb.once('exit', (_, signal) => resolve(signal)));

  await clusters.create(STACK, REQUEST, never);

  if (process.platform === 'linux') expect(await ended).toBe('SIGKILL');
  else initdb.kill();
  expect((await described(clusters)).state).toBe('running');
});

test('discards a half-done creation when it restores', async () => {
  const { home, clusters } = await temporaryClusters();
  mkdirSync(home.folder('databases', STACK), { recursive: true });
  const half = { version: 1, stack: STACK, ...REQUEST, port: 0, phase: 'creating', secret: null };
  writeFileSync(home.folder('databases', STACK, 'cluster.json'), JSON.stringify(half));

  expect(await clusters.restore()).toEqual([]);

  expect(await clusters.list()).toEqual([]);
});

test('fails with Cancelled and leaves nothing', async () => {
  const { home, clusters } = await temporaryClusters();
  const operator = new AbortController();
  const creation = clusters.create(STACK, REQUEST, operator);
  await waitFor(() => existsSync(join(clusterFolder(home, STACK), 'data')));

  operator.abort();

  await expect(creation).rejects.toMatchObject({ name: 'Cancelled' });
  expect(await clusters.list()).toEqual([]);
  expect(existsSync(clusterFolder(home, STACK))).toBe(false);
});

test('fails with PortInUse until the port is free', async () => {
  const { home, endpoint } = await stoppedCluster();
  const { port } = endpoint;
  const intruder = createServer().listen(port, '127.0.0.1');
  await waitFor(() => intruder.listening);

  const { clusters: next } = await temporaryClusters(home);
  const failures = await next.restore();
  await new Promise((resolve) => intruder.close(resolve));

  expect(failures).toMatchObject([{ stack: STACK, error: { name: 'PortInUse' } }]);
  expect(await next.create(STACK, REQUEST, never)).toMatchObject({ port });
});

test('fails with DatabaseUnavailable and the last log lines', async () => {
  const { home } = await stoppedCluster();
  const { clusters: next } = await temporaryClusters(home);
  const control = join((await described(next)).folder, 'data', 'global', 'pg_control');
  renameSync(control, `${control}.away`);

  const [failure] = await next.restore();
  await next.close();
  renameSync(`${control}.away`, control);

  expect(failure?.error.name).toBe('DatabaseUnavailable');
  expect(failure?.error.logTail.join('\n')).toContain('pg_control');
});

test('fails with InvalidInput for names that reach elsewhere', async () => {
  const { clusters } = await temporaryClusters();

  for (const stack of ['../prod', 'a/b', '', '.hidden']) {
    await expect(clusters.create(stack, REQUEST, never)).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(clusters.remove(stack)).rejects.toMatchObject({ name: 'InvalidInput' });
  }
  for (const databaseName of ['postgres', 'template1', 'Shop', 'a"b', 'a'.repeat(64), '']) {
    await expect(clusters.create(STACK, { ...REQUEST, databaseName }, never)).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  }
});
