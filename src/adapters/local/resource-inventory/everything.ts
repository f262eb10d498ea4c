import { readdir, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '../../../domain/errors.ts';
import type { OwnedResource } from '../../../domain/orphan.ts';
import { isArtifactId } from '../../anywhere/artifact/manifest.ts';
import { ownedResource } from '../../anywhere/owned-resource.ts';
import type { PostgresClusters } from '../database/clusters.ts';
import type { Home } from '../home.ts';
import type { LoadBalancers } from '../load-balancer/load-balancers.ts';
import { findMarked, INSTANCE_VARIABLE } from '../orphan-processes.ts';
import { OWNER_VARIABLE } from '../process-group.ts';
import { readProcessTable, withDescendants } from '../process-inspection.ts';
import type { LocalStackEngine } from '../stack-engine.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

export interface EverythingOptions {
  readonly home: Home;
  readonly stacks: Pick<LocalStackEngine, 'everyStack' | 'remove'>;
  readonly balancers: LoadBalancers;
  readonly clusters: PostgresClusters;
  readonly supervisor: Pick<Supervisor, 'owners' | 'removeInstances'>;
}

/** All that this home has of deployments: stacks, processes, ports, databases, folders, secrets, artifacts, logs, snapshots. */
export async function everythingOf(options: EverythingOptions): Promise<readonly OwnedResource[]> {
  const stacks = await options.stacks.everyStack();
  const owners = new Map(stacks.map(({ name, deploymentId }) => [name, deploymentId]));
  const found = await Promise.all([
    processesOf(options),
    instancesOf(options, owners),
    portsOf(options, owners),
    databasesOf(options, owners),
    instanceFoldersOf(options),
    filesByDeployment(options, 'secrets', (deployment, name) => `secret:${deployment}/${name}`, 'secret'),
    filesByDeployment(
      options,
      'logs',
      (deployment, name) => options.home.folder('logs', deployment, name),
      'log',
    ),
    artifactsOf(options),
    snapshotsOf(options),
  ]);
  const known = stacks.map(({ name, deploymentId, blueprint }) =>
    ownedResource({ type: 'stack', id: name, deploymentId, blueprint }),
  );
  return [...known, ...found.flat()];
}

/** What descends from this server and is no instance is its own: a build, git, a database. */
async function processesOf({ home, supervisor }: EverythingOptions): Promise<OwnedResource[]> {
  const marked = await findMarked({ [OWNER_VARIABLE]: home.owner });
  const table = await readProcessTable();
  const own = new Set(withDescendants(table, ({ pid }) => pid === process.pid).map(({ pid }) => pid));
  const machineStartedAt = Date.now() - uptime() * 1000;
  return table.flatMap(({ pid, startTicks }) => {
    const environment = marked.get(pid);
    if (!environment) return [];
    const instance = environment.get(INSTANCE_VARIABLE);
    const stray = instance === undefined ? !own.has(pid) : !supervisor.owners.has(instance);
    if (instance === undefined && !stray) return [];
    const since = new Date(machineStartedAt + startTicks * MILLISECONDS_PER_TICK).toISOString();
    const deploymentId = environment.get('HIVEMIND_DEPLOYMENT') ?? null;
    return [ownedResource({ type: 'process', id: String(pid), deploymentId, since, stray })];
  });
}

const MILLISECONDS_PER_TICK = 10;

type StackOwners = ReadonlyMap<string, string>;

/** Those that run on without their stack; the others go with it. */
async function instancesOf(
  { home, supervisor }: EverythingOptions,
  owners: StackOwners,
): Promise<OwnedResource[]> {
  const stackless = [...supervisor.owners].filter(([, { stack }]) => !owners.has(stack));
  return await Promise.all(
    stackless.map(async ([id, { deploymentId }]) => {
      const since = await changedAt(home.folder('instances', id));
      return ownedResource({ type: 'instance', id, deploymentId, since, stray: true });
    }),
  );
}

async function portsOf({ balancers }: EverythingOptions, owners: StackOwners): Promise<OwnedResource[]> {
  return balancers.list().map(({ name, port }) =>
    ownedResource({
      type: 'port',
      id: String(port),
      deploymentId: owners.get(name) ?? null,
      stray: !owners.has(name),
    }),
  );
}

async function databasesOf({ clusters }: EverythingOptions, owners: StackOwners): Promise<OwnedResource[]> {
  const known = await clusters.list();
  return await Promise.all(
    known.map(async ({ stack, deploymentId, folder }) =>
      ownedResource({
        type: 'database',
        id: stack,
        deploymentId,
        since: await changedAt(folder),
        stray: !owners.has(stack),
      }),
    ),
  );
}

async function instanceFoldersOf({ home, supervisor }: EverythingOptions): Promise<OwnedResource[]> {
  const { owners } = supervisor;
  return await Promise.all(
    (await namesIn(home.folder('instances'))).map(async (name) => {
      const folder = home.folder('instances', name);
      const deploymentId = owners.get(name)?.deploymentId ?? null;
      const since = await changedAt(folder);
      return ownedResource({ type: 'directory', id: folder, deploymentId, since, stray: !owners.has(name) });
    }),
  );
}

/** Secrets and logs lie in one folder for each deployment. */
async function filesByDeployment(
  { home }: EverythingOptions,
  folder: 'secrets' | 'logs',
  idOf: (deploymentId: string, name: string) => string,
  type: string,
): Promise<OwnedResource[]> {
  const deployments = (await namesIn(home.folder(folder))).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(
    deployments.map(async (deploymentId) => {
      const names = await namesIn(home.folder(folder, deploymentId));
      return await Promise.all(
        names.map(async (name) => {
          const since = await changedAt(home.folder(folder, deploymentId, name));
          return ownedResource({ type, id: idOf(deploymentId, name), deploymentId, since });
        }),
      );
    }),
  );
  return found.flat();
}

async function artifactsOf({ home }: EverythingOptions): Promise<OwnedResource[]> {
  const ids = (await namesIn(home.folder('artifacts'))).filter(isArtifactId);
  return await Promise.all(
    ids.map(async (id) => {
      const since = await changedAt(home.folder('artifacts', id, 'manifest.json'));
      return ownedResource({ type: 'artifact', id, since });
    }),
  );
}

/** `<deployment>-<time>.sql`, and beside it perhaps an archive. */
const SNAPSHOT = /^(.+)-\d{8}T\d{9}Z\.(?:sql|pgdata\.tar\.gz)$/;

async function snapshotsOf({ home }: EverythingOptions): Promise<OwnedResource[]> {
  const names = await namesIn(home.folder('snapshots'));
  const found = await Promise.all(
    names.map(async (name) => {
      const deploymentId = SNAPSHOT.exec(name)?.[1];
      if (deploymentId === undefined) return [];
      const id = home.folder('snapshots', name);
      const since = await changedAt(id);
      const keptFor = 'a copy of data: only you can tell whether it is needed';
      return [ownedResource({ type: 'snapshot', id, deploymentId, since, keptFor })];
    }),
  );
  return found.flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(join(folder));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
    return [];
  }
}

/** Null when it has gone meanwhile. */
async function changedAt(path: string): Promise<string | null> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return null;
  }
}
