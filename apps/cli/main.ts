import { type Command, CommanderError } from 'commander';
import { EXIT, systemErrorCode } from '../../src/domain/errors.ts';
import { EXIT_LEFT_IN_BACKGROUND } from './left-in-background.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { processSession, type Session } from './session.ts';

/** The command line of this process. */
export async function main(argv: string[]): Promise<void> {
  const session = processSession();
  for (const stream of [session.stdout, session.stderr]) stream.on('error', ignoreMissingReader);
  process.exitCode = await run(argv, session);
  if (process.exitCode === EXIT_LEFT_IN_BACKGROUND) process.exit();
}

/** Runs one command; returns its exit code. Everything it says goes to the streams of the session. */
export async function run(argv: readonly string[], session: Session): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(session, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(asked(argv, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return reportError(error, session, argv);
  }
}

/** Without words: help. Help on a command that there is none of is refused as that command is, with the nearest one. */
function asked(argv: readonly string[], program: Command): readonly string[] {
  if (argv.length === 0) return ['help'];
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const isKnown =
    second === undefined ||
    second === 'help' ||
    program.commands.some((command) => command.name() === second);
  return first === 'help' && !isKnown ? [second] : argv;
}

/** `hivemind list | head -1`: whoever read has seen enough; the exit code still tells how the command ended. */
function ignoreMissingReader(error: Error): void {
  if (systemErrorCode(error) !== 'EPIPE') throw error;
}
