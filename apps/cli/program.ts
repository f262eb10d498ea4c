import { Command } from 'commander';
import { VERSION } from '../../src/contracts/version.ts';
import { commandContext } from './command-context.ts';
import { defineChanging } from './definitions/changing.ts';
import type { Run } from './definitions/definition.ts';
import { defineDeploying } from './definitions/deploying.ts';
import { defineDiagnosing } from './definitions/diagnosing.ts';
import { defineMachine } from './definitions/machine.ts';
import { defineMending } from './definitions/mending.ts';
import { defineObserving } from './definitions/observing.ts';
import { defineStopping } from './definitions/stopping.ts';
import { defineUpkeep } from './definitions/upkeep.ts';
import { colorsFor } from './output.ts';
import type { Session } from './session.ts';

/** All commands, their options and help; what a command does is loaded when it runs. */
export function createProgram(session: Session, onExit: (code: number) => void): Command {
  const run: Run = async (options, action) => onExit(await action(commandContext(session, options)));
  const program = new Command('hivemind')
    .description('Deploys any git repository and runs it.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', HELP)
    .exitOverride()
    .showHelpAfterError(false);
  showHelpOn(program, session);
  defineDeploying(program, run);
  defineChanging(program, run);
  defineMending(program, run);
  defineStopping(program, run);
  defineUpkeep(program, run);
  defineObserving(program, run);
  defineDiagnosing(program, run);
  defineMachine(program, run);
  return program;
}

const HELP = `
Examples:
  $ hivemind deploy .
  $ hivemind status
  $ hivemind logs shop -f

Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not signed in, 4 not found, 5 conflict, 6 server unreachable.
Environment: HIVEMIND_HOME (default ~/.hivemind), HIVEMIND_TARGET (default local), NO_COLOR, FORCE_COLOR, HIVEMIND_DEBUG=1 (stack traces).`;

/** Errors are reported by the caller, so commander only prints help and version. */
function showHelpOn(program: Command, { stdout, environment }: Session): void {
  const paint = colorsFor(stdout, environment);
  program.configureHelp({
    styleTitle: paint.bold,
    styleCommandText: paint.cyan,
    styleOptionText: paint.cyan,
  });
  program.configureOutput({
    writeOut: (text) => stdout.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns ?? 100,
    getOutHasColors: () => paint.isColorSupported,
  });
}
