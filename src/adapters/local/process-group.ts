import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { HiveMindError, systemErrorCode } from '../../domain/errors.ts';
import type { Home } from './home.ts';
import { LineSplitter } from './line-splitter.ts';

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
  /** User and group to run as. @default those of this process */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export const OWNER_VARIABLE = 'HIVEMIND_OWNER';

/** A process and all it starts, in a session of their own, ended together. */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the leader has exited and its output is read; never rejects. */
  readonly exited: Promise<Exit>;
  #exit: Exit | undefined;

  private constructor(child: ChildProcess, pid: number, onLine: ProcessGroupOptions['onLine']) {
    this.pid = pid;
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = new LineSplitter((line) => onLine?.(line, stream));
      child[stream]?.on('data', (chunk: Buffer) => lines.push(chunk));
      child[stream]?.on('end', () => lines.end());
    }
    this.exited = exitOf(child).then((exit) => {
      this.#exit = exit;
      return exit;
    });
  }

  /** @throws {HiveMindError} ToolMissing: the program does not exist or may not be run */
  static async start(options: ProcessGroupOptions): Promise<ProcessGroup> {
    const [program, ...args] = options.argv;
    if (program === undefined) throw new TypeError('argv is empty');
    const child = spawn(program, args, {
      cwd: options.directory,
      env: { ...options.environment, [OWNER_VARIABLE]: options.home.owner },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...options.user,
    });
    const pid = await startedPid(child, program);
    return new ProcessGroup(child, pid, options.onLine);
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** SIGTERM to the whole group, SIGKILL after the grace time; resolves when none of the group is left. */
  async stop(graceMilliseconds: number): Promise<Exit> {
    signalGroup(this.pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), graceMilliseconds);
    const exit = await this.exited;
    clearTimeout(timer);
    signalGroup(this.pid, 'SIGKILL');
    return exit;
  }
}

/** Sends a signal to a process group; a group that is gone is not an error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
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

function startedPid(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) =>
      reject(
        new HiveMindError('ToolMissing', `cannot run "${program}": ${cause.message}`, {
          hint: `install "${program}" on this machine, or correct the command of the application`,
          cause,
        }),
      ),
    );
  });
}

/**
 * Waits for the exit and for the output to be read. A process that left the group may hold the pipes open for ever, so the
 * output gets a moment after the exit, no more.
 */
function exitOf(child: ChildProcess): Promise<Exit> {
  const OUTPUT_GRACE_MILLISECONDS = 250;
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, signal });
      }, OUTPUT_GRACE_MILLISECONDS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
}
