import pLimit, { type LimitFunction } from 'p-limit';
import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import type { Secrets } from '../../../ports/secrets.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import type { Home } from '../home.ts';
import { pathSegment } from '../path-segment.ts';
import { ClusterLifecycle, type DatabaseRequest } from './cluster-lifecycle.ts';
import { type ClusterRecord, ClusterRecords } from './cluster-record.ts';
import type { Connection } from './connection.ts';
import { cancelled } from './failures.ts';
import { assertDatabaseName, HOST, SUPERUSER } from './new-cluster.ts';
import { clusterFolder } from './postgres-user.ts';
import type { ServerState } from './server.ts';

export interface PostgresClustersOptions {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly telemetry: Pick<Telemetry, 'log'>;
}

export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  /** Reference of a secret with `DATABASE_URL`, `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` and `PGDATABASE`. */
  readonly secret: string;
}

export interface ClusterDescription extends ClusterRecord {
  readonly host: string;
  readonly state: ServerState;
  /** Process id of the postmaster, while there is one. */
  readonly pid: number | undefined;
  /** How often the server had to be started again. */
  readonly restarts: number;
  /** Holds all files of the server. */
  readonly folder: string;
}

export interface RestoreFailure {
  readonly stack: string;
  readonly error: HiveMindError;
}

const RESTORES_AT_ONCE = 4;

/** The database servers of the local platform: one PostgreSQL cluster a stack, with credentials of its own. */
export class PostgresClusters {
  readonly #home: Home;
  readonly #records: ClusterRecords;
  readonly #lifecycle: ClusterLifecycle;
  /** One call at a time for each stack. */
  readonly #turns = new Map<string, LimitFunction>();
  readonly #closing = new AbortController();

  constructor(options: PostgresClustersOptions) {
    this.#home = options.home;
    this.#records = new ClusterRecords(options.home);
    this.#lifecycle = new ClusterLifecycle({ ...options, records: this.#records });
  }

  /**
   * Creates the cluster, or makes sure that the one that exists runs. A creation that failed or was killed leaves nothing.
   * @throws {HiveMindError} InvalidInput, DatabaseUnavailable, PortInUse, NoFreePort, DiskFull, ToolMissing, Cancelled;
   *   StackFailed: the stack has a database with another name
   */
  async create(
    stack: string,
    request: DatabaseRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<DatabaseEndpoint> {
    pathSegment(stack, 'the name of a stack');
    pathSegment(request.deploymentId, 'the id of a deployment');
    assertDatabaseName(request.databaseName);
    return this.#exclusively(stack, async () => {
      const record = await this.#records.read(stack);
      if (record?.phase !== 'ready') {
        const stop = AbortSignal.any([signal, this.#closing.signal]);
        return endpointOf(await this.#lifecycle.build(stack, request, stop));
      }
      if (record.databaseName !== request.databaseName) throw otherDatabase(record, request);
      await this.#lifecycle.run(record);
      return endpointOf(record);
    });
  }

  /** Ends the server and deletes its data; succeeds when there is none. Its secret stays. */
  async remove(stack: string): Promise<void> {
    pathSegment(stack, 'the name of a stack');
    await this.#exclusively(stack, async () => {
      await this.#records.markForRemoval(stack);
      await this.#lifecycle.discard(stack);
    });
  }

  /**
   * Starts every cluster after a restart of HiveMind, however that ended. What cannot be started is reported, and goes on being
   * started in the background.
   */
  async restore(): Promise<readonly RestoreFailure[]> {
    const limit = pLimit(RESTORES_AT_ONCE);
    const restoreOne = async (stack: string): Promise<RestoreFailure[]> => {
      try {
        await this.#exclusively(stack, async () => {
          const record = await this.#records.read(stack);
          if (record?.phase === 'ready') await this.#lifecycle.run(record);
          else if (record !== undefined) await this.#lifecycle.discard(stack);
        });
        return [];
      } catch (error) {
        return [{ stack, error: asHiveMindError(error) }];
      }
    };
    const stacks = await this.#records.stacks();
    return (await Promise.all(stacks.map((stack) => limit(restoreOne, stack)))).flat();
  }

  async describe(stack: string): Promise<ClusterDescription | undefined> {
    const record = await this.#records.read(pathSegment(stack, 'the name of a stack'));
    if (record === undefined) return undefined;
    const server = this.#lifecycle.server(stack);
    return {
      ...record,
      host: HOST,
      state: server?.state ?? 'stopped',
      pid: server?.pid,
      restarts: server?.restarts ?? 0,
      folder: clusterFolder(this.#home, stack),
    };
  }

  /** Every cluster of this home, unfinished ones included. */
  async list(): Promise<readonly ClusterDescription[]> {
    const stacks = await this.#records.stacks();
    const found = await Promise.all(stacks.map((stack) => this.describe(stack)));
    return found.filter((description) => description !== undefined);
  }

  /**
   * How to sign in to the application's database as superuser, once it takes connections.
   * @throws {HiveMindError} StackNotFound, DatabaseUnavailable, PortInUse, DiskFull
   */
  async superuser(stack: string): Promise<Connection> {
    const { port, databaseName } = await this.#exclusively(stack, async () => {
      const record = await this.#existing(stack);
      await this.#lifecycle.run(record);
      return record;
    });
    const password = await this.#records.superuserPassword(stack);
    return { host: HOST, port, user: SUPERUSER, password, database: databaseName };
  }

  /**
   * Hands the folder of the cleanly stopped server, with its files in `data`, to `work`, and starts the server again.
   * @throws {HiveMindError} StackNotFound, DatabaseUnavailable, PortInUse, DiskFull
   */
  async whileStopped<T>(stack: string, work: (folder: string) => Promise<T>): Promise<T> {
    return this.#exclusively(stack, async () => {
      const record = await this.#existing(stack);
      await this.#lifecycle.server(stack)?.stop();
      try {
        return await work(clusterFolder(this.#home, stack));
      } finally {
        await this.#lifecycle.run(record);
      }
    });
  }

  /** Stops all servers in an orderly way; their data stays. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#turns.values()].map((turn) => turn(() => undefined)));
    await this.#lifecycle.stopAll();
  }

  async #existing(stack: string): Promise<ClusterRecord> {
    const record = await this.#records.read(pathSegment(stack, 'the name of a stack'));
    if (record?.phase === 'ready') return record;
    throw new HiveMindError('StackNotFound', `there is no database ${stack}`, {
      hint: 'run `hivemind list` to see what is deployed',
    });
  }

  #exclusively<T>(stack: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(stack) ?? pLimit(1);
    this.#turns.set(stack, turn);
    return turn(async () => {
      if (this.#closing.signal.aborted) throw cancelled();
      return work();
    });
  }
}

function endpointOf({ stack, port, secret }: ClusterRecord): DatabaseEndpoint {
  if (secret === null) throw new TypeError(`the record of ${stack} has no secret`);
  return { host: HOST, port, secret };
}

const otherDatabase = (record: ClusterRecord, request: DatabaseRequest) =>
  new HiveMindError(
    'StackFailed',
    `the stack ${record.stack} has the database "${record.databaseName}", not "${request.databaseName}"`,
    { hint: 'destroy the deployment, then deploy it again' },
  );
