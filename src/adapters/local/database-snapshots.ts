import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { asHiveMindError, HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import type { DatabaseSnapshots, Snapshot } from '../../ports/database-snapshots.ts';
import type { ClusterRecord } from './database/cluster-record.ts';
import type { PostgresClusters } from './database/clusters.ts';
import { withClient } from './database/connection.ts';
import { beginDump, dumpScript } from './database/dump.ts';
import type { Home } from './home.ts';
import { Statements } from './state/documents.ts';

export interface DatabaseSnapshotsOptions {
  readonly home: Home;
  readonly clusters: Pick<PostgresClusters, 'describe' | 'superuser' | 'whileStopped'>;
  readonly database: DatabaseSync;
}

const snapshotRecord = z.strictObject({
  id: z.string(),
  deploymentId: z.string(),
  location: z.string(),
  bytes: z.number().int(),
  createdAt: z.string(),
}) satisfies z.ZodType<Snapshot>;

/** Here a snapshot is finished when the call ends. */
interface LocalDatabaseSnapshots extends DatabaseSnapshots {
  create(databaseStack: string, token: string): Promise<Snapshot>;
}

/** The files of a snapshot. What a script cannot hold comes in an archive of the server's files as well. */
interface SnapshotFiles {
  readonly script: string;
  readonly archive: string;
}

/**
 * Snapshots as scripts for `psql`, `snapshots/<deployment>-<time>.sql`. Where a database has things that the script lacks, which
 * its first lines then name, all files of the stopped server are beside it in `<same name>.pgdata.tar.gz`.
 */
export function localDatabaseSnapshots(options: DatabaseSnapshotsOptions): LocalDatabaseSnapshots {
  const statements = new Statements(options.database);
  const underWay = new Map<string, Promise<Snapshot>>();
  return {
    create: (databaseStack, token) => {
      const work =
        underWay.get(token) ??
        createOnce(options, statements, databaseStack, token).finally(() => underWay.delete(token));
      underWay.set(token, work);
      return work;
    },
    // A database goes here without another copy.
    removeFinal: async () => true,
    list: async (deploymentId) =>
      statements.documents(
        snapshotRecord,
        'SELECT document FROM snapshots WHERE deployment_id = ? ORDER BY id',
        deploymentId,
      ),
  };
}

async function createOnce(
  options: DatabaseSnapshotsOptions,
  statements: Statements,
  stack: string,
  token: string,
): Promise<Snapshot> {
  const unfinished = unfinishedFiles(options.home, token);
  const known = statements.document(snapshotRecord, 'SELECT document FROM snapshots WHERE token = ?', token);
  if (known !== undefined) {
    // Recorded, yet the process may have died before the files got their names.
    await giveNames(unfinished, filesAt(known.location));
    return known;
  }
  const cluster = await options.clusters.describe(stack);
  if (cluster?.phase !== 'ready') throw stackNotFound(stack);
  try {
    const createdAt = new Date().toISOString();
    await writeFiles(options, cluster, createdAt, unfinished);
    const id = `${cluster.deploymentId}-${createdAt.replace(/[-:.]/g, '')}`;
    const location = options.home.folder('snapshots', `${id}.sql`);
    const bytes = (await sizeOf(unfinished.script)) + (await sizeOf(unfinished.archive));
    const snapshot: Snapshot = { id, deploymentId: cluster.deploymentId, location, bytes, createdAt };
    statements.run(
      'INSERT INTO snapshots (id, deployment_id, token, document) VALUES (?, ?, ?, ?)',
      id,
      cluster.deploymentId,
      token,
      JSON.stringify(snapshot),
    );
    await giveNames(unfinished, filesAt(location));
    return snapshot;
  } catch (error) {
    statements.run('DELETE FROM snapshots WHERE token = ?', token);
    await Promise.all(Object.values(unfinished).map((file) => rm(file, { force: true })));
    throw snapshotFailure(stack, error);
  }
}

/** Named after the token, so that a repetition after a crash overwrites or completes them. */
function unfinishedFiles(home: Home, token: string): SnapshotFiles {
  const digest = createHash('sha256').update(token).digest('hex');
  return filesAt(home.folder('snapshots', `.unfinished-${digest}.sql`));
}

const filesAt = (script: string): SnapshotFiles => ({
  script,
  archive: script.replace(/\.sql$/, '.pgdata.tar.gz'),
});

async function writeFiles(
  { clusters }: DatabaseSnapshotsOptions,
  { stack, deploymentId, databaseName }: ClusterRecord,
  createdAt: string,
  { script, archive }: SnapshotFiles,
): Promise<void> {
  await Promise.all([rm(script, { force: true }), rm(archive, { force: true })]);
  const title = `Snapshot of the database ${databaseName} of ${deploymentId}, ${createdAt}`;
  const unwritten = await withClient(await clusters.superuser(stack), async (client) => {
    const contents = await beginDump(client);
    await pipeline(
      dumpScript(client, title, contents),
      createWriteStream(script, { mode: 0o600, flags: 'wx', flush: true }),
    );
    return contents.unwritten;
  });
  if (unwritten.length === 0) return;
  const { create } = await import('tar');
  await clusters.whileStopped(stack, (folder) =>
    create({ file: archive, cwd: folder, gzip: true, strict: true, mode: 0o600 }, ['data']),
  );
}

async function giveNames(from: SnapshotFiles, to: SnapshotFiles): Promise<void> {
  await renameIfThere(from.archive, to.archive);
  await renameIfThere(from.script, to.script);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return 0;
  }
}

const stackNotFound = (stack: string) =>
  new HiveMindError('StackNotFound', `there is no database ${stack} to take a snapshot of`, {
    hint: 'run `hivemind status` to see what the deployment consists of',
  });

function snapshotFailure(stack: string, error: unknown): HiveMindError {
  // PostgreSQL's own code for a full disk.
  const diskFull = systemErrorCode(error) === '53100' || asHiveMindError(error).code === 'DiskFull';
  const message = error instanceof Error ? error.message : String(error);
  return new HiveMindError(
    diskFull ? 'DiskFull' : 'SnapshotFailed',
    `the snapshot of the database ${stack} failed: ${message}`,
    {
      hint: diskFull
        ? 'free some space (`hivemind doctor` shows how much there is and where), then run the command again'
        : 'the database is untouched: run the command again, or destroy the deployment without a snapshot',
      cause: error,
      ...(error instanceof HiveMindError && { logTail: error.logTail }),
    },
  );
}
