import { rm } from 'node:fs/promises';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Secrets } from '../../../ports/secrets.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import type { Home } from '../home.ts';
import { type ClusterRecord, type ClusterRecords, randomPassword } from './cluster-record.ts';
import type { Connection } from './connection.ts';
import { freePort } from './database-port.ts';
import { asDatabaseFailure, cancelled } from './failures.ts';
import {
  abortable,
  applicationCredentials,
  createApplicationDatabase,
  HOST,
  initializeCluster,
  SUPERUSER,
} from './new-cluster.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { clusterFolder, createClusterFolder, postgresUser, type SystemUser } from './postgres-user.ts';
import { endRemains } from './remains.ts';
import { PostgresServer } from './server.ts';

export interface ClusterLifecycleOptions {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly records: ClusterRecords;
}

export interface DatabaseRequest {
  readonly deploymentId: string;
  readonly databaseName: string;
}

interface Programs {
  readonly binaries: PostgresBinaries;
  readonly user: SystemUser | undefined;
}

const PORT_ATTEMPTS = 3;

/** Builds, runs and discards single clusters. Its caller sees to it that no two calls work on one stack at a time. */
export class ClusterLifecycle {
  readonly #options: ClusterLifecycleOptions;
  readonly #servers = new Map<string, PostgresServer>();
  #programs: Promise<Programs> | undefined;

  constructor(options: ClusterLifecycleOptions) {
    this.#options = options;
  }

  server(stack: string): PostgresServer | undefined {
    return this.#servers.get(stack);
  }

  /** Makes sure that the server takes connections. */
  async run(record: ClusterRecord): Promise<PostgresServer> {
    const server = this.#servers.get(record.stack) ?? (await this.#newServer(record));
    this.#servers.set(record.stack, server);
    if (server.state !== 'running') await server.start();
    return server;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }

  /** Creates a cluster in place of whatever an unfinished creation left; a failure takes everything back. */
  async build(stack: string, request: DatabaseRequest, signal: AbortSignal): Promise<ClusterRecord> {
    try {
      await this.discard(stack);
      const superuserPassword = await this.#initialize({ ...request, stack }, signal);
      const running = await this.#startOnFreePort({ ...request, stack }, signal);
      const ready = await this.#addApplication(running, superuserPassword);
      if (signal.aborted) throw cancelled();
      await this.#options.records.write(ready);
      return ready;
    } catch (error) {
      await this.discard(stack);
      throw signal.aborted ? cancelled() : asDatabaseFailure(error, stack);
    }
  }

  /** Leaves no process, no file and no port of a cluster. */
  async discard(stack: string): Promise<void> {
    const { home, records } = this.#options;
    await this.#servers.get(stack)?.stop();
    this.#servers.delete(stack);
    const folder = clusterFolder(home, stack);
    await endRemains(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await records.remove(stack);
  }

  async #initialize(cluster: DatabaseRequest & { stack: string }, signal: AbortSignal): Promise<string> {
    const { home, records } = this.#options;
    await records.write({ version: 1, ...cluster, port: 0, phase: 'creating', secret: null });
    const superuserPassword = await records.newSuperuserPassword(cluster.stack);
    const { binaries, user } = await this.#findPrograms();
    const folder = clusterFolder(home, cluster.stack);
    await createClusterFolder(folder, user);
    await initializeCluster({ home, program: binaries.initdb, user, folder, superuserPassword }, signal);
    return superuserPassword;
  }

  /** Another program may take the port between the look and the start: then another one will do. */
  async #startOnFreePort(
    cluster: DatabaseRequest & { stack: string },
    signal: AbortSignal,
  ): Promise<ClusterRecord> {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort((candidate) => this.#isReserved(candidate));
      const record = { version: 1, ...cluster, port, phase: 'creating', secret: null } as const;
      const server = await this.#newServer(record);
      this.#servers.set(cluster.stack, server);
      try {
        await abortable(
          signal,
          () => server.stop(),
          () => server.start(),
        );
        return record;
      } catch (error) {
        await server.stop();
        const lostPort = error instanceof HiveMindError && error.code === 'PortInUse';
        if (!lostPort || signal.aborted || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  #isReserved(port: number): boolean {
    return [...this.#servers.values()].some((server) => server.port === port);
  }

  async #addApplication(record: ClusterRecord, superuserPassword: string): Promise<ClusterRecord> {
    const { secrets } = this.#options;
    const password = randomPassword();
    const { port, databaseName, deploymentId } = record;
    const superuser: Connection = {
      host: HOST,
      port,
      user: SUPERUSER,
      password: superuserPassword,
      database: 'postgres',
    };
    await createApplicationDatabase(superuser, databaseName, password);
    const secret = await secrets.put(
      deploymentId,
      'database',
      applicationCredentials(port, databaseName, password),
    );
    return { ...record, phase: 'ready', secret };
  }

  async #newServer({ stack, deploymentId, port }: ClusterRecord): Promise<PostgresServer> {
    const { home, telemetry } = this.#options;
    const { binaries, user } = await this.#findPrograms();
    return new PostgresServer({
      home,
      stack,
      program: binaries.postgres,
      user,
      folder: clusterFolder(home, stack),
      port,
      onLine: (text) =>
        telemetry.log(deploymentId, {
          time: new Date().toISOString(),
          source: 'database',
          name: stack,
          text,
        }),
    });
  }

  #findPrograms(): Promise<Programs> {
    this.#programs ??= findPrograms().catch((error: unknown) => {
      this.#programs = undefined;
      throw error;
    });
    return this.#programs;
  }
}

async function findPrograms(): Promise<Programs> {
  const user = await postgresUser();
  return { user, binaries: await postgresBinaries(user) };
}
