import { type ChildProcess, spawn } from 'node:child_process';
import { printable } from '../../../domain/deployment.ts';
import { HiveMindError, systemErrorCode } from '../../../domain/errors.ts';
import { type Exit, signalGroup } from '../process-group.ts';
import type { GitEnvironment } from './environment.ts';

export interface GitCall {
  readonly args: readonly string[];
  readonly environment: GitEnvironment;
  readonly directory: string;
  readonly input?: Buffer;
  readonly signal?: AbortSignal | undefined;
  /** @default 600 seconds */
  readonly timeoutSeconds?: number;
  /** Takes the output instead of the result; an error that it throws ends the command. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface GitResult {
  readonly exitCode: number | null;
  /** At most 8 MiB of it. */
  readonly output: Buffer;
  /** The end of what git wrote to stderr, without credentials and, because servers have a say in it, control characters. */
  readonly errors: string;
}

/** A git command that failed, for reasons that its caller did not expect. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
}

/** Whether git found its own files broken, as after a power cut. */
export const isDamage = (error: unknown): boolean =>
  error instanceof HiveMindError &&
  error.cause instanceof GitFailure &&
  /corrupt|bad object|invalid object|is empty$|cannot be accessed|unable to (?:read|parse)|bad signature|did not send all|not a tree object|object info/m.test(
    error.cause.message,
  );

/** Runs git and returns its output. @throws {HiveMindError} as `runGit`; also DiskFull, SourceAccessDenied, NotARepository */
export async function git(call: GitCall): Promise<Buffer> {
  const result = await runGit(call);
  if (result.exitCode === 0) return result.output;
  throw unexpected(call.args[0] ?? '', result.errors);
}

const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Runs git to its end, whatever the exit code. @throws {HiveMindError} ToolMissing, Cancelled, SourceUnreachable: timed out */
export async function runGit(call: GitCall): Promise<GitResult> {
  throwIfAborted(call.signal);
  const child = startGit(call);
  const output = { chunks: [] as Buffer[], bytes: 0 };
  const errors = collectErrors(child);
  const ended = endOnTrouble(child, call);
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      if (call.onOutput) call.onOutput(chunk);
      else if (output.bytes < MAX_OUTPUT_BYTES) output.chunks.push(chunk);
      output.bytes += chunk.length;
    } catch (error) {
      ended.because(error);
    }
  });
  child.stdin?.end(call.input);
  const exit = await exitOf(child).finally(() => ended.stopWatching());
  if (ended.reason !== undefined) throw ended.reason;
  return { exitCode: exit.code, output: Buffer.concat(output.chunks), errors: errors() };
}

/** A running git, leader of a session without a terminal: nothing below it can ask the operator for a password. */
export function startGit(call: Pick<GitCall, 'args' | 'environment' | 'directory'>): ChildProcess {
  const child = spawn('git', call.args, {
    cwd: call.directory,
    env: call.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // git may end before it has read its input; its exit code tells.
  child.stdin?.on('error', (error) => {
    if (systemErrorCode(error) !== 'EPIPE') child.emit('error', error);
  });
  return child;
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** Removes what may be a credential from addresses in git's messages: an `insteadOf` of the operator can put one there. */
const withoutCredentials = (text: string): string => text.replace(/(:\/\/)[^/\s@]*@/g, '$1***@');

const abortReason = (signal: AbortSignal): HiveMindError =>
  signal.reason instanceof HiveMindError
    ? signal.reason
    : new HiveMindError('Cancelled', 'the work was cancelled', {
        hint: 'run the command again',
        cause: signal.reason,
      });

function unexpected(command: string, errors: string): HiveMindError {
  const lines = errors.trim().split('\n');
  const why = (lines.findLast((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1) ?? '').replace(
    /^\w+: /,
    '',
  );
  const detail = { logTail: lines.slice(-20), cause: new GitFailure(`git ${command} failed: ${errors}`) };
  // git does not always say why it could not write.
  if (
    /No space left on device|Disk quota exceeded|unable to write (?:new |temporary |loose )?\w*\s?file(?!.*denied)/i.test(
      errors,
    )
  ) {
    return new HiveMindError('DiskFull', 'there is no space left on the disk HiveMind works on', {
      ...detail,
      hint: 'free some space (`hivemind doctor` shows how much there is and where), then run the command again',
    });
  }
  if (/Permission denied|insufficient permission/.test(errors)) {
    return new HiveMindError('SourceAccessDenied', `git may not read the source: ${why}`, {
      ...detail,
      hint: 'let the user who runs HiveMind read the files of the source',
    });
  }
  return new HiveMindError('NotARepository', `git cannot read the repository: ${why}`, {
    ...detail,
    hint: 'run `git fsck` in the repository; a partial clone must first fetch everything with `git fetch --refetch`',
  });
}

interface EarlyEnd {
  readonly reason: unknown;
  because(reason: unknown): void;
  stopWatching(): void;
}

/** Ends the process when the signal aborts or the time is over: politely first, so that git removes its lock files. */
function endOnTrouble(child: ChildProcess, call: GitCall): EarlyEnd {
  const GRACE_MILLISECONDS = 2000;
  let reason: unknown;
  let killing: NodeJS.Timeout | undefined;
  const because = (why: unknown): void => {
    if (reason !== undefined || child.pid === undefined) return;
    const { pid } = child;
    reason = why;
    signalGroup(pid, 'SIGTERM');
    killing = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MILLISECONDS);
  };
  const onAbort = (): void => because(call.signal && abortReason(call.signal));
  const timeoutSeconds = call.timeoutSeconds ?? 600;
  const deadline = setTimeout(() => because(timedOut(call, timeoutSeconds)), timeoutSeconds * 1000);
  call.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    get reason() {
      return reason;
    },
    because,
    stopWatching: () => {
      clearTimeout(deadline);
      clearTimeout(killing);
      call.signal?.removeEventListener('abort', onAbort);
      // Its helpers, such as the one that speaks https, may outlive it.
      if (reason !== undefined && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    },
  };
}

const timedOut = (call: GitCall, seconds: number): HiveMindError =>
  new HiveMindError('SourceUnreachable', `git ${call.args[0]} did not end within ${seconds} s`, {
    hint: 'check the connection to the git server or the disk that the source is on, then run the command again',
  });

function collectErrors(child: ChildProcess): () => string {
  const MAX_CHARACTERS = 16_384;
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MAX_CHARACTERS);
  });
  return () => withoutCredentials(text).split('\n').map(printable).join('\n');
}

/**
 * Waits for the exit and for all output. Something that stays behind on purpose, such as a shared ssh connection, holds
 * stderr open: it gets a moment, no more.
 */
function exitOf(child: ChildProcess): Promise<Exit> {
  const ERRORS_GRACE_MILLISECONDS = 250;
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(cannotRun(cause)));
    child.once('exit', () => {
      const timer = setTimeout(() => child.stderr?.destroy(), ERRORS_GRACE_MILLISECONDS);
      child.once('close', () => clearTimeout(timer));
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

export const cannotRun = (cause: Error): HiveMindError =>
  new HiveMindError('ToolMissing', `cannot run git: ${cause.message}`, {
    hint: 'install git 2.39 or newer on this machine, so that `git --version` works, then start HiveMind again',
    cause,
  });
