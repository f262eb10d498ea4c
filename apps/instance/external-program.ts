import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InstanceFailure } from './program-failure.ts';

const execute = promisify(execFile);

const TIMEOUT_SECONDS = 60;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Runs a program of the system to its end and returns what it printed. Arguments are visible to every user of the machine:
 * nothing secret is among them.
 * @throws {InstanceFailure} with the last line that it complained with
 */
export async function external(
  program: string,
  args: readonly string[],
  {
    timeoutSeconds = TIMEOUT_SECONDS,
    maxOutputBytes = MAX_OUTPUT_BYTES,
  }: { readonly timeoutSeconds?: number; readonly maxOutputBytes?: number } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, {
      timeout: timeoutSeconds * 1000,
      maxBuffer: maxOutputBytes,
    });
    return stdout;
  } catch (error) {
    throw new InstanceFailure(`\`${[program, ...args.slice(0, 2)].join(' ')}\` failed: ${complaint(error)}`);
  }
}

/** Whether it ended with exit code 0. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await external(program, args);
    return true;
  } catch (error) {
    if (!(error instanceof InstanceFailure)) throw error;
    return false;
  }
}

function complaint(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: unknown; readonly message?: string };
  const lines = typeof stderr === 'string' ? stderr.trim().split('\n') : [];
  return lines.at(-1) || message?.split('\n')[0] || 'no reason given';
}
