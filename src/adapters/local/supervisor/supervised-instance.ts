import pLimit from 'p-limit';
import { asHiveMindError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/instance-commands.ts';
import type { Secrets } from '../../../ports/secrets.ts';
import type { Home } from '../home.ts';
import { type Exit, ProcessGroup } from '../process-group.ts';
import { readProcess } from '../process-inspection.ts';
import { argvOf } from './command-line.ts';
import { instanceEnvironment } from './instance-environment.ts';
import { checkRootFolder, type InstanceFolders, instanceFolders } from './instance-folders.ts';
import { endGroup } from './instance-processes.ts';
import type { InstanceDefinition, InstanceRecord } from './instance-record.ts';
import { instanceRuns, instanceView } from './instance-view.ts';
import { LogTail } from './log-tail.ts';
import { RestartPolicy, type RestartTiming } from './restart-policy.ts';

/** What all instances share. */
export interface InstanceContext {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly timing: RestartTiming & { readonly graceMilliseconds: number };
  readonly log: (record: InstanceRecord, text: string) => void;
  /** Stores the record. */
  readonly onChange: (record: InstanceRecord) => void;
  readonly onExit: (instance: Instance) => void;
}

/** One instance: its process group, and the intention to keep it running or not. */
export class SupervisedInstance {
  readonly #context: InstanceContext;
  /** Starts and stops, one after the other. */
  readonly #turns = pLimit(1);
  readonly #tail = new LogTail();
  #record: InstanceRecord;
  #policy: RestartPolicy;
  #state: Instance['state'] = 'stopped';
  /** The newest group; it may have exited. */
  #group: ProcessGroup | undefined;
  /** The newest group, for as long as something of it may be left. */
  #remains: ProcessGroup | undefined;
  #startedAt = 0;
  #isStopping = false;
  #hasExited = false;
  /** Aborted when the instance shall not be started again after its last exit. */
  #restart = new AbortController();

  constructor(context: InstanceContext, record: InstanceRecord) {
    this.#context = context;
    this.#record = record;
    this.#policy = new RestartPolicy(context.timing);
  }

  get folders(): InstanceFolders {
    return instanceFolders(this.#context.home, this.#record.definition);
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get view(): Instance {
    return instanceView(this.#record, this.#state);
  }

  /** Whether it has exited by itself since it was last told to start. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** The running group. `startedAt` is a time of `performance.now`. */
  get running(): { readonly pid: number; readonly startedAt: number } | undefined {
    const group = this.#group?.exit === undefined ? this.#group : undefined;
    return group && { pid: group.pid, startedAt: this.#startedAt };
  }

  /** @throws {HiveMindError} ToolMissing, SecretNotFound, InstanceNotFound: its files are gone */
  async start(): Promise<void> {
    this.#change({ desired: 'running' });
    await this.#turns(async () => {
      this.#hasExited = false;
      if (this.running) return;
      this.#restart.abort();
      this.#policy = new RestartPolicy(this.#context.timing);
      this.#tail.clear();
      try {
        await this.#launch();
      } catch (error) {
        this.#state = 'failed';
        throw error;
      }
    });
  }

  /** Starts what should run, after the server itself was started; what cannot be started is tried again. */
  async resume(): Promise<void> {
    this.#remember({ leader: null });
    if (this.#record.desired === 'running') await this.#turns(() => this.#launchOrRetry());
  }

  async stop(): Promise<void> {
    this.#change({ desired: 'stopped' });
    await this.shutDown();
  }

  /** Ends the processes; whether they should run stays as it is. @throws {HiveMindError} ResourcesLeft */
  async shutDown(): Promise<void> {
    this.#restart.abort();
    await this.#turns(async () => {
      this.#restart.abort();
      this.#isStopping = true;
      try {
        await this.#endRemains(this.#context.timing.graceMilliseconds);
      } finally {
        this.#isStopping = false;
      }
      this.#state = 'stopped';
    });
  }

  /** Makes it one of another definition, with the files that `furnish` brings. @throws {HiveMindError} InvalidInput: it runs */
  replace(
    definition: InstanceDefinition,
    furnish: (beforeSwitch: () => void) => Promise<void>,
  ): Promise<void> {
    return this.#turns(async () => {
      if (this.#record.desired === 'running' || this.running) throw instanceRuns(definition.id);
      await furnish(() => this.#change({ definition, incomplete: true }));
      this.#change({ incomplete: false, restarts: 0, lastExit: null });
    });
  }

  environment(): Promise<Record<string, string>> {
    return instanceEnvironment(this.#record, this.folders, this.#context.secrets);
  }

  /** With what a process that has just exited wrote last. */
  async logTail(lines: number): Promise<readonly string[]> {
    if (this.#group?.exit) await this.#group.exited;
    return this.#tail.last(lines);
  }

  async #launch(): Promise<void> {
    const { home, clock } = this.#context;
    const { command } = this.#record.definition;
    const environment = await this.environment();
    await checkRootFolder(this.folders);
    await this.#endRemains(0);
    const group = await ProcessGroup.start({
      home,
      argv: argvOf(command),
      directory: this.folders.root,
      environment,
      onLine: (line) => {
        this.#tail.add(line);
        this.#context.log(this.#record, line);
      },
      onExit: (exit) => this.#noteExit(group, exit),
    });
    this.#group = group;
    this.#remains = group;
    this.#state = 'running';
    this.#startedAt = performance.now();
    this.#restart = new AbortController();
    const leader = { pid: group.pid, startTicks: null, startedAt: clock.now() };
    this.#remember({ leader });
    const startTicks = (await readProcess(group.pid))?.startTicks ?? null;
    if (this.running?.pid === group.pid) this.#remember({ leader: { ...leader, startTicks } });
  }

  #noteExit(group: ProcessGroup, { code, signal }: Exit): void {
    const { clock, onExit } = this.#context;
    const delay = this.#isStopping ? undefined : this.#policy.delayAfter(this.#startedAt, performance.now());
    this.#state = this.#isStopping ? 'stopped' : delay === undefined ? 'failed' : 'backing-off';
    this.#hasExited ||= !this.#isStopping;
    this.#remember({ leader: null, lastExit: { code, signal, at: clock.now() } });
    onExit(this.view);
    if (this.#isStopping) return;
    group.signal('SIGKILL');
    const end = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    void this.#afterExit(`the process ${end}`, delay);
  }

  /** Never rejects: nobody waits for it. */
  async #afterExit(what: string, delay: number | undefined): Promise<void> {
    const { signal } = this.#restart;
    try {
      await this.#turns(async () => {
        if (!this.running) await this.#endRemains(0);
      });
    } catch (error) {
      this.#note(asHiveMindError(error).message);
    }
    await this.#retryAfter(what, delay, signal);
  }

  async #retryAfter(what: string, delay: number | undefined, signal: AbortSignal): Promise<void> {
    if (delay === undefined) return this.#note(`${what}; it is not started again`);
    this.#note(`${what}; next start in ${delay / 1000} s`);
    await this.#context.clock.sleep(delay, signal);
    if (signal.aborted) return;
    await this.#turns(async () => {
      if (signal.aborted) return;
      this.#remember({ restarts: this.#record.restarts + 1 });
      await this.#launchOrRetry();
    });
  }

  async #launchOrRetry(): Promise<void> {
    this.#restart = new AbortController();
    const { signal } = this.#restart;
    const startedAt = performance.now();
    try {
      await this.#launch();
    } catch (error) {
      const delay = this.#policy.delayAfter(startedAt, performance.now());
      this.#state = delay === undefined ? 'failed' : 'backing-off';
      void this.#retryAfter(
        `the process could not be started: ${asHiveMindError(error).message}`,
        delay,
        signal,
      );
    }
  }

  async #endRemains(graceMilliseconds: number): Promise<void> {
    const { id } = this.#record.definition;
    if (this.#remains) await endGroup(this.#context.home, { instance: id }, this.#remains, graceMilliseconds);
    this.#remains = undefined;
  }

  #note(text: string): void {
    this.#context.log(this.#record, `[hivemind] ${text}`);
  }

  #change(change: Partial<InstanceRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#context.onChange(this.#record);
  }

  /** For what happened already: when it cannot be stored, the instance goes on all the same. */
  #remember(change: Partial<InstanceRecord>): void {
    try {
      this.#change(change);
    } catch (error) {
      this.#note(`the state cannot be stored: ${asHiveMindError(error).message}`);
    }
  }
}
