import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HiveMindError } from '../../../domain/errors.ts';
import type { Home } from '../home.ts';
import { ProcessGroup, scrubbedEnvironment } from '../process-group.ts';
import { isPortFree } from './database-port.ts';
import { asDatabaseFailure, databaseFailure, portInUse } from './failures.ts';
import type { SystemUser } from './postgres-user.ts';
import { endRemains } from './remains.ts';
import { serverArguments } from './server-settings.ts';

export interface ServerOptions {
  readonly home: Home;
  readonly stack: string;
  /** The program `postgres`. */
  readonly program: string;
  readonly user: SystemUser | undefined;
  /** Holds the data in `data`. */
  readonly folder: string;
  readonly port: number;
  readonly onLine: (line: string) => void;
}

export type ServerState = 'stopped' | 'starting' | 'running';

const START_TIMEOUT_SECONDS = 20;
/** Before the first start, the second in a row, and so on: the first restart comes at once. */
const START_DELAYS_MILLISECONDS = [0, 0, 250, 1000, 5000];
const LONGEST_DELAY_MILLISECONDS = 30_000;
/** A server that ran this long was healthy: its end begins a new row. */
const HEALTHY_MILLISECONDS = 60_000;
const FAST_SHUTDOWN_MILLISECONDS = 15_000;
const IMMEDIATE_SHUTDOWN_MILLISECONDS = 5000;
const TAIL_LINES = 20;
const READY_LINE = 'LOG:  database system is ready to accept connections';

/** One PostgreSQL server that is started again, with back-off, for as long as it is wanted. */
export class PostgresServer {
  readonly #options: ServerOptions;
  #tail: string[] = [];
  #state: ServerState = 'stopped';
  #starts = 0;
  #group: ProcessGroup | undefined;
  /** Every end of a start: `outcome`, with the failure if it is one. */
  readonly #starting = new EventEmitter<{ outcome: [HiveMindError?] }>();
  #unwanted = new AbortController();
  #supervision: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#options.port;
  }

  get state(): ServerState {
    // Between the end of the process and the notice of it.
    return this.#state === 'running' && this.pid === undefined ? 'starting' : this.#state;
  }

  /** Process id of the postmaster. */
  get pid(): number | undefined {
    return this.#group?.exit === undefined ? this.#group?.pid : undefined;
  }

  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /**
   * Resolves when the server takes connections. Even after a rejection it goes on being started, until `stop`.
   * @throws {HiveMindError} DatabaseUnavailable, PortInUse, DiskFull, ToolMissing
   */
  async start(): Promise<void> {
    if (this.state === 'running') return;
    // A server that recovers from a crash is waited for; one that pauses before its next start is not.
    if (this.pid === undefined) await this.stop();
    const outcome = this.#nextOutcome();
    if (this.#supervision === undefined) {
      this.#unwanted = new AbortController();
      this.#starts = 0;
      this.#supervision = this.#supervise(this.#unwanted.signal);
    }
    await outcome;
  }

  /** Ends the server in an orderly way, within seconds; its data stays. Does nothing when it does not run. */
  async stop(): Promise<void> {
    if (this.#supervision === undefined) return;
    this.#unwanted.abort();
    if (this.#group !== undefined) await shutDown(this.#group);
    await this.#supervision;
    this.#supervision = undefined;
    await endRemains(this.#options.folder);
  }

  #nextOutcome(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeout = () => reject(this.#failure(`takes no connections within ${START_TIMEOUT_SECONDS} s`));
      const timer = setTimeout(timeout, START_TIMEOUT_SECONDS * 1000);
      this.#starting.once('outcome', (failure) => {
        clearTimeout(timer);
        if (failure === undefined) resolve();
        else reject(failure);
      });
    });
  }

  async #supervise(unwanted: AbortSignal): Promise<void> {
    for (let row = 0; !unwanted.aborted; row++) {
      await pause(START_DELAYS_MILLISECONDS[row] ?? LONGEST_DELAY_MILLISECONDS, unwanted);
      const startedAt = Date.now();
      const failure = await this.#runUntilItEnds(unwanted);
      if (unwanted.aborted) break;
      this.#state = 'starting';
      this.#starting.emit('outcome', failure);
      this.#options.onLine(`WARNING:  ${failure.message}; it is started again`);
      if (Date.now() - startedAt > HEALTHY_MILLISECONDS) row = 0;
    }
    this.#state = 'stopped';
    this.#starting.emit('outcome', this.#failure('was stopped before it took connections'));
  }

  async #runUntilItEnds(unwanted: AbortSignal): Promise<HiveMindError> {
    const { folder, port, stack } = this.#options;
    try {
      await endRemains(folder);
      if (!(await isPortFree(port))) return portInUse(port);
      if (unwanted.aborted) return this.#failure('is not wanted any more');
      const group = await this.#launch();
      // `stop` may have come while the process was being made, and not have seen it.
      if (unwanted.aborted) await shutDown(group);
      const { code, signal } = await group.exited;
      return this.#failure(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
    } catch (error) {
      return asDatabaseFailure(error, stack);
    }
  }

  async #launch(): Promise<ProcessGroup> {
    const { home, program, user, folder, port, onLine } = this.#options;
    this.#state = 'starting';
    this.#starts++;
    this.#tail = [];
    this.#group = await ProcessGroup.start({
      home,
      argv: [program, ...serverArguments(join(folder, 'data'), port)],
      directory: folder,
      environment: scrubbedEnvironment(),
      ...(user && { user }),
      onLine: (line) => {
        this.#tail = [...this.#tail, line].slice(-TAIL_LINES);
        onLine(line);
        if (line !== READY_LINE) return;
        this.#state = 'running';
        this.#starting.emit('outcome');
      },
    });
    return this.#group;
  }

  #failure(what: string): HiveMindError {
    return databaseFailure(`the database ${this.#options.stack} ${what}`, this.#tail);
  }
}

/** A fast shutdown, which ends connections and keeps everything committed; then harder ones. */
async function shutDown(group: ProcessGroup): Promise<void> {
  if (group.exit !== undefined) return;
  group.signal('SIGINT');
  if (await exitsWithin(group, FAST_SHUTDOWN_MILLISECONDS)) return;
  group.signal('SIGQUIT');
  if (await exitsWithin(group, IMMEDIATE_SHUTDOWN_MILLISECONDS)) return;
  await group.stop(0);
}

async function exitsWithin(group: ProcessGroup, milliseconds: number): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([
      group.exited.then(() => true),
      pause(milliseconds, over.signal).then(() => false),
    ]);
  } finally {
    over.abort();
  }
}

/** Resolves after the time or as soon as `signal` aborts; does not keep the process alive. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { ref: false, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
