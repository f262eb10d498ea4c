import { randomUUID } from 'node:crypto';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Command } from '../../../domain/plan.ts';
import type { CommandResult } from '../../../ports/instance-commands.ts';
import type { Home } from '../home.ts';
import { type Exit, ProcessGroup } from '../process-group.ts';
import { cancelled } from './cancellation.ts';
import { argvOf } from './command-line.ts';
import { COMMAND_VARIABLE, endGroup } from './instance-processes.ts';
import { LogTail } from './log-tail.ts';

export interface OneOffCommand {
  readonly home: Home;
  readonly instance: string;
  readonly command: Command;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly graceMilliseconds: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

const LOG_TAIL_LINES = 50;

/**
 * Runs a command to its end, whatever its exit code, and leaves nothing of it running.
 * @throws {HiveMindError} StageTimedOut, Cancelled, ToolMissing
 */
export async function runOneOff(call: OneOffCommand): Promise<CommandResult> {
  if (call.signal.aborted) throw cancelled(call.signal, 'the command');
  const id = randomUUID();
  const tail = new LogTail();
  const group = await ProcessGroup.start({
    home: call.home,
    argv: argvOf(call.command),
    directory: call.directory,
    environment: { ...call.environment, [COMMAND_VARIABLE]: id },
    onLine: (line) => {
      tail.add(line);
      call.onLine(line);
    },
  });
  const ended = await endOrTrouble(group, call);
  await endGroup(
    call.home,
    { instance: call.instance, command: id },
    group,
    typeof ended === 'string' ? call.graceMilliseconds : 0,
  );
  const logTail = tail.last(LOG_TAIL_LINES);
  if (ended === 'aborted') throw cancelled(call.signal, 'the command', logTail);
  if (ended === 'timed out') throw timedOut(call.timeoutSeconds, logTail);
  return { exitCode: ended.code, signal: ended.signal, logTail };
}

async function endOrTrouble(
  group: ProcessGroup,
  call: OneOffCommand,
): Promise<Exit | 'aborted' | 'timed out'> {
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timed out'), call.timeoutSeconds * 1000);
    const onAbort = (): void => resolve('aborted');
    call.signal.addEventListener('abort', onAbort, { once: true });
    void group.exited.then((exit) => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', onAbort);
      resolve(exit);
    });
  });
}

const timedOut = (seconds: number, logTail: readonly string[]): HiveMindError =>
  new HiveMindError('StageTimedOut', `the command did not end within ${seconds} s`, {
    hint: 'see in its last log lines what it waits for; a command that runs once has to end by itself',
    logTail,
  });
