import { HiveMindError } from '../../../domain/errors.ts';
import type { Command } from '../../../domain/plan.ts';
import type { CommandResult, Instance, InstanceCommands } from '../../../ports/instance-commands.ts';
import { systemClock } from '../../anywhere/clock.ts';
import type { Home } from '../home.ts';
import { endOrphanProcesses } from '../orphan-processes.ts';
import { readListeningPorts } from '../process-inspection.ts';
import { cancelled, serverStops } from './cancellation.ts';
import { ExitWatch } from './exit-watch.ts';
import { definitionsOf, type InstancesSpec, isComplete, redefined } from './instance-definition.ts';
import { removeUnknownFolders } from './instance-folders.ts';
import { INSTANCE_PORTS, InstancePorts } from './instance-ports.ts';
import { findProcesses } from './instance-processes.ts';
import { type InstanceDefinition, type InstanceRecord, InstanceRecords } from './instance-record.ts';
import { InstanceRooms } from './instance-rooms.ts';
import { runOneOff } from './one-off-command.ts';
import { RunningCommands } from './running-commands.ts';
import { type InstanceContext, SupervisedInstance } from './supervised-instance.ts';
import { contextOf, type SupervisorOptions } from './supervisor-options.ts';
import { NO_USAGE, type Usage, UsageMeter } from './usage-meter.ts';

/** Makes, runs and removes the instances of compute stacks. What should run is stored and survives the server. */
export class Supervisor implements Omit<InstanceCommands, 'install'> {
  readonly #home: Home;
  readonly #context: InstanceContext;
  readonly #records: InstanceRecords;
  readonly #instances: Map<string, SupervisedInstance>;
  readonly #rooms: InstanceRooms;
  readonly #exits: ExitWatch;
  readonly #commands = new RunningCommands();
  readonly #meter = new UsageMeter();
  #isClosed = false;

  constructor(options: SupervisorOptions) {
    const { home, clock = systemClock } = options;
    this.#home = home;
    this.#exits = new ExitWatch(clock);
    this.#records = new InstanceRecords(options.database);
    this.#context = contextOf(options, clock, {
      onChange: (record) => this.#records.put(record),
      onUnaskedExit: (instance) => this.#exits.tell(instance),
    });
    const records = this.#records.all();
    this.#instances = new Map(records.map((record) => this.#entry(record)));
    const ports = new InstancePorts(
      options.ports ?? INSTANCE_PORTS,
      records.flatMap(({ port }) => port ?? []),
    );
    this.#rooms = new InstanceRooms(home, options.artifacts, ports);
  }

  /**
   * Makes the instances of a stack as specified, stopped. Instances that exist like this stay as they are, others of the
   * stack are replaced or removed. Takes back what it made when it fails.
   * @throws {HiveMindError} ArtifactNotFound, DiskFull, NoFreePort, PortInUse, Cancelled
   */
  async createInstances(
    stack: string,
    spec: InstancesSpec,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly Instance[]> {
    const definitions = definitionsOf(stack, spec);
    await this.#removeAll(
      this.#ofStack(stack).filter(
        ({ record }) => !definitions.some((definition) => isComplete(record, definition)),
      ),
    );
    const missing = definitions.filter(({ id }) => !this.#instances.has(id));
    if (signal?.aborted) throw cancelled(signal, 'the creation of the instances');
    const rooms = await this.#rooms.furnishAll(missing, signal);
    for (const { definition, port } of rooms) {
      const record = {
        definition,
        port,
        desired: 'stopped',
        restarts: 0,
        lastExit: null,
        leader: null,
      } as const;
      this.#records.put(record);
      this.#instances.set(...this.#entry(record));
    }
    return this.#ofStack(stack).map(({ view }) => view);
  }

  /** Whether a stack has exactly the instances that are specified, running or not. */
  isAsSpecified(stack: string, spec: InstancesSpec): boolean {
    const definitions = definitionsOf(stack, spec);
    const instances = this.#ofStack(stack);
    const isThere = (definition: InstanceDefinition): boolean =>
      instances.some(({ record }) => isComplete(record, definition));
    return instances.length === definitions.length && definitions.every(isThere);
  }

  /**
   * Makes a stopped instance one of another release; it keeps its id, port and home. Two calls with the same release are one.
   * @throws {HiveMindError} InstanceNotFound, ArtifactNotFound, DiskFull, InvalidInput: it runs, or there is no such process
   */
  async replaceInstance(
    instanceId: string,
    specFor: (deploymentId: string) => Promise<InstancesSpec>,
  ): Promise<void> {
    const instance = this.#find(instanceId);
    const { definition: present } = instance.record;
    const definition = redefined(present, await specFor(present.deploymentId));
    if (isComplete(instance.record, definition)) return;
    await instance.replace(definition, (beforeSwitch) => this.#rooms.refurnish(definition, beforeSwitch));
  }

  /** Stops the instances of a stack and removes all of them besides their logs; succeeds when there are none. */
  async removeInstances(stack: string): Promise<void> {
    await this.#removeAll(this.#ofStack(stack));
  }

  /**
   * After the start of the server: ends what an earlier one left running, then starts what should run.
   * @throws {HiveMindError} ResourcesLeft
   */
  async restore(): Promise<void> {
    const instances = [...this.#instances.values()];
    const leaders = instances.flatMap(({ record }) => record.leader ?? []);
    await endOrphanProcesses(this.#home, { instancesOnly: true, leaders });
    await removeUnknownFolders(this.#home, new Set(this.#instances.keys()));
    await Promise.all(instances.map((instance) => instance.resume()));
  }

  /** Stops everything in an orderly way; what should run is started again by the next server. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#commands.abort(new Set(this.#instances.keys()), serverStops());
    await Promise.all([...this.#instances.values()].map((instance) => instance.shutDown()));
  }

  async list(stack: string): Promise<readonly Instance[]> {
    return this.#ofStack(stack).map(({ view }) => view);
  }

  /** Whose the instances of all deployments are, by the id of the instance. */
  get owners(): ReadonlyMap<string, Pick<InstanceRecord['definition'], 'deploymentId' | 'stack'>> {
    return new Map([...this.#instances].map(([id, { record }]) => [id, record.definition]));
  }

  async listDeployment(deploymentId: string): Promise<readonly Instance[]> {
    return [...this.#instances.values()]
      .filter(({ record }) => record.definition.deploymentId === deploymentId)
      .map(({ view }) => view);
  }

  /** Names of the environment variables that the instances of a stack are given. @throws {HiveMindError} SecretNotFound */
  async environmentNames(stack: string): Promise<readonly string[]> {
    const environments = await Promise.all(this.#ofStack(stack).map((instance) => instance.environment()));
    return [...new Set(environments.flatMap(Object.keys))];
  }

  /** @throws {HiveMindError} InstanceNotFound, ToolMissing, SecretNotFound, Cancelled: the server is shutting down */
  async start(instanceIds: readonly string[]): Promise<void> {
    if (this.#isClosed) throw serverStops();
    await Promise.all(instanceIds.map((id) => this.#find(id)).map((instance) => instance.start()));
  }

  /** @throws {HiveMindError} InstanceNotFound, ResourcesLeft */
  async stop(instanceIds: readonly string[]): Promise<void> {
    await Promise.all(instanceIds.map((id) => this.#find(id)).map((instance) => instance.stop()));
  }

  async run(
    instanceId: string,
    command: Command,
    options: { readonly timeoutSeconds: number; readonly signal?: AbortSignal },
  ): Promise<CommandResult> {
    if (this.#isClosed) throw serverStops();
    const instance = this.#find(instanceId);
    return this.#commands.run(instanceId, options.signal, async (signal) =>
      runOneOff({
        home: this.#home,
        instance: instanceId,
        command,
        directory: instance.folders.root,
        environment: await instance.environment(),
        timeoutSeconds: options.timeoutSeconds,
        graceMilliseconds: this.#context.timing.graceMilliseconds,
        signal,
        onLine: (line) => this.#context.log(instance.record, line),
      }),
    );
  }

  /** Undefined also when the signal aborts. An exit counts that came after the instance was last told to start. */
  async firstExit(
    instanceIds: readonly string[],
    { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<Instance | undefined> {
    const exited = instanceIds.map((id) => this.#find(id)).find(({ hasExited }) => hasExited);
    return exited?.view ?? this.#exits.first(instanceIds, patienceSeconds * 1000, signal);
  }

  async listeningPorts(instanceId: string): Promise<readonly number[]> {
    const { running } = this.#find(instanceId);
    const processes = await findProcesses(this.#home, { instance: instanceId }, running?.pid);
    return readListeningPorts(processes.map(({ pid }) => pid));
  }

  async logTail(instanceId: string, lines: number): Promise<readonly string[]> {
    return this.#find(instanceId).logTail(lines);
  }

  /** @throws {HiveMindError} InstanceNotFound */
  async usage(instanceId: string): Promise<Usage> {
    const { running } = this.#find(instanceId);
    return running ? this.#meter.measure(instanceId, running.pid, running.startedAt) : NO_USAGE;
  }

  #entry(record: InstanceRecord): [string, SupervisedInstance] {
    return [record.definition.id, new SupervisedInstance(this.#context, record)];
  }

  #ofStack(stack: string): readonly SupervisedInstance[] {
    return [...this.#instances.values()].filter(({ record }) => record.definition.stack === stack);
  }

  #find(id: string): SupervisedInstance {
    const instance = this.#instances.get(id);
    if (instance) return instance;
    throw new HiveMindError('InstanceNotFound', `there is no instance "${id}"`, {
      hint: 'run the deploy again: it creates the missing instances',
    });
  }

  async #removeAll(instances: readonly SupervisedInstance[]): Promise<void> {
    const ids = new Set(instances.map(({ record }) => record.definition.id));
    const reason = new HiveMindError('Cancelled', 'the instance of the command was removed', {
      hint: 'deploy again',
    });
    await this.#commands.abort(ids, reason);
    await Promise.all(instances.map((instance) => this.#remove(instance)));
  }

  async #remove(instance: SupervisedInstance): Promise<void> {
    const { definition, port } = instance.record;
    await instance.stop();
    await this.#rooms.clear(definition, port);
    this.#records.remove(definition.id);
    this.#instances.delete(definition.id);
    this.#meter.forget(definition.id);
  }
}
