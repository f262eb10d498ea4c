import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import type { Home } from './home.ts';
import { LineSplitter } from './line-splitter.ts';
import { OutputPace } from './output-pace.ts';
import { readProcessTable } from './process-inspection.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessGroupOptions {
  readonly home: Home;
  readonly argv: readonly string[];
  readonly directory: string;
  /** The whole environment, besides the marker by which lost processes are found again. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Called as soon as the leader exits, when its last output may not be read yet. */
  readonly onExit?: (exit: Exit) => void;
  /** User and group to run as. @default those of this process */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export const OWNER_VARIABLE = 'HIVEMIND_OWNER';

/** The kernel ends a killed process at once, unless it hangs in a device. */
const KILL_PATIENCE_MILLISECONDS = 5000;
/**
 * A process that left the group may hold the pipes open for ever: after the exit the output gets a moment, no more. While the
 * group is being stopped the moment begins with the end of its last process, which may finish its work after its parent.
 */
const OUTPUT_GRACE_MILLISECONDS = 250;

/** A process and all it starts, in a session of their own, ended together. */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the leader has exited and its output is read; never rejects. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #exit: Exit | undefined;
  #isStopping = false;
  /** None of the group is left: its number may be somebody else's by now. */
  #gone = false;

  private constructor(child: ChildProcess, pid: number, { onLine, onExit }: ProcessGroupOptions) {
    this.pid = pid;
    this.#child = child;
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child[name];
      if (stream) readLines(child, stream, (line) => onLine?.(line, name));
    }
    child.once('exit', (code, signal) => {
      this.#exit = { code, signal };
      this.#isLeft();
      if (!this.#isStopping) this.#closeOutputSoon();
      onExit?.(this.#exit);
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /**
   * @throws {HiveMindError} ToolMissing: the program does not exist or may not be run; InvalidInput: an argument or a variable
   *   that no process can be given
   */
  static async start(options: ProcessGroupOptions): Promise<ProcessGroup> {
    const [program, ...args] = options.argv;
    if (program === undefined) throw new TypeError('argv is empty');
    const child = spawned(program, args, {
      cwd: options.directory,
      env: { ...options.environment, [OWNER_VARIABLE]: options.home.owner },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...options.user,
    });
    const pid = await startedPid(child, program);
    return new ProcessGroup(child, pid, options);
  }

  /** Of the leader; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** SIGTERM to the whole group, SIGKILL after the grace time; resolves when none of the group is left. */
  async stop(graceMilliseconds: number): Promise<Exit> {
    this.#isStopping = true;
    this.signal(graceMilliseconds > 0 ? 'SIGTERM' : 'SIGKILL');
    if (!(await this.#endsWithin(graceMilliseconds))) {
      this.signal('SIGKILL');
      await this.#endsWithin(KILL_PATIENCE_MILLISECONDS);
    }
    this.#closeOutputSoon();
    return this.exited;
  }

  /** To the whole group, for as long as any of it is left. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#gone) this.#gone = !signalGroup(this.pid, signal);
  }

  #closeOutputSoon(): void {
    const { stdout, stderr } = this.#child;
    const timer = setTimeout(() => {
      stdout?.destroy();
      stderr?.destroy();
    }, OUTPUT_GRACE_MILLISECONDS);
    void this.exited.then(() => clearTimeout(timer));
  }

  #isLeft(): boolean {
    if (!this.#gone) this.#gone = !signalGroup(this.pid, 0);
    return !this.#gone;
  }

  async #endsWithin(milliseconds: number): Promise<boolean> {
    const LONGEST_PAUSE_MILLISECONDS = 50;
    const deadline = performance.now() + milliseconds;
    for (let pause = 1; this.#isLeft(); pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS)) {
      if (this.#exit !== undefined && (await isOnlyZombies(this.pid))) return true;
      if (performance.now() >= deadline) return false;
      await sleep(pause);
    }
    return true;
  }
}

/** Sends a signal to a process group, or with 0 looks whether there is one; false when none of it is left or ours. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    // EPERM: macOS says so of a group of zombies; elsewhere the processes have become another user's.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
    return false;
  }
}

/** What every child process may know of this machine: where programs are, and nothing of our own environment. */
export function scrubbedEnvironment(): Record<string, string> {
  return {
    PATH: [
      dirname(process.execPath),
      '/usr/local/sbin',
      '/usr/local/bin',
      '/usr/sbin',
      '/usr/bin',
      '/sbin',
      '/bin',
    ].join(':'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
}

function readLines(child: ChildProcess, stream: Readable, onLine: (line: string) => void): void {
  const pace = new OutputPace(stream);
  let count = 0;
  const lines = new LineSplitter((line) => {
    count += 1;
    onLine(line);
  });
  stream.on('data', (chunk: Buffer) => {
    count = 0;
    lines.push(chunk);
    pace.spend(count, chunk.length);
  });
  stream.on('error', (error) => onLine(`the output cannot be read: ${error.message}`));
  stream.on('close', () => lines.end());
  child.once('exit', () => pace.lift());
}

/** Orphans stay zombies, and members of their group, where process 1 does not collect them: in a container without an init. */
async function isOnlyZombies(group: number): Promise<boolean> {
  const processes = await readProcessTable();
  return processes.length > 0 && !processes.some((process) => process.group === group);
}

function spawned(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(program, args, options);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ERR_INVALID_ARG_VALUE') throw cannotRun(program, cause);
    // Node's message quotes the value, which may be a secret: it stays out of ours, and out of its cause.
    throw new HiveMindError('InvalidInput', `an argument or variable for "${program}" has a NUL character`, {
      hint: 'remove the NUL character from the command or the environment variable',
    });
  }
}

function startedPid(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) => reject(cannotRun(program, cause)));
  });
}

const cannotRun = (program: string, cause: unknown): HiveMindError =>
  new HiveMindError(
    'ToolMissing',
    `cannot run "${program}": ${cause instanceof Error ? cause.message : String(cause)}`,
    { hint: `install "${program}" on this machine, or correct the command of the application`, cause },
  );
