import type { InstanceRelease } from '../domain/instance-release.ts';
import type { Command } from '../domain/plan.ts';
import type { Patience } from './stack-engine.ts';

export interface Instance {
  readonly id: string;
  /** Compute stack that it belongs to. */
  readonly stack: string;
  /** Process type it runs: `web`, `worker`. */
  readonly process: string;
  readonly exposed: boolean;
  readonly host: string;
  /** Port given to the application as `$PORT`; null for a process without one. */
  readonly port: number | null;
  readonly state: 'stopped' | 'running' | 'backing-off' | 'failed';
  /** Number of the release whose files it has; absent while they are being replaced, and when it cannot be asked. */
  readonly release?: number;
  /** Times the process was started again after an exit that nobody asked for. */
  readonly restarts: number;
  readonly lastExit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly at: string;
  } | null;
  /** Why the state is what the platform says and not what the instance says itself; absent when it has confirmed it. */
  readonly unconfirmed?: string;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly logTail: readonly string[];
}

/** Commands on the instances of a compute stack. */
export interface InstanceCommands {
  list(stack: string): Promise<readonly Instance[]>;
  /**
   * Starts the application on these instances and keeps it running. Starting a running instance does nothing. One that cannot be
   * reached yet is no failure and has not started either: `list` says `unconfirmed` of it until it answers; call again.
   */
  start(instanceIds: readonly string[]): Promise<void>;
  /** Asks with SIGTERM, ends with SIGKILL after the grace time. Stopping a stopped instance does nothing. */
  stop(instanceIds: readonly string[]): Promise<void>;
  /**
   * Puts another release in the place of the one of a stopped instance, which keeps its id, host and port. Two calls with the same release
   * are one. Until the new one is complete the instance can still be told to take the old one again.
   * @returns whether it is there; false when that still goes on after patience has run out: call again
   * @throws {HiveMindError} InstanceNotFound, ArtifactNotFound, DiskFull, InvalidInput: it runs, or has no such process
   */
  install(instanceId: string, release: InstanceRelease, patience: Patience): Promise<boolean>;
  /**
   * Runs a command of the application once in an instance's folder with the application's environment.
   * Its output goes to Telemetry. Two calls with the same token are one run.
   * @returns undefined when it still runs after patience has run out: call again
   * @throws {HiveMindError} InstanceNotFound, StageTimedOut, Cancelled
   */
  run(
    instanceId: string,
    command: Command,
    options: Patience & { readonly token: string; readonly timeoutSeconds: number },
  ): Promise<CommandResult | undefined>;
  /** Resolves with the first of these instances that exits, or undefined after `patienceSeconds`. An exit that already happened counts. */
  firstExit(
    instanceIds: readonly string[],
    options: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<Instance | undefined>;
  /** TCP ports on which the processes of the instance listen now; empty when that cannot be seen. */
  listeningPorts(instanceId: string): Promise<readonly number[]>;
  logTail(instanceId: string, lines: number): Promise<readonly string[]>;
}
