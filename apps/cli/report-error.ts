import { CommanderError } from 'commander';
import { asHiveMindError, HiveMindError } from '../../src/domain/errors.ts';
import { logText, singleLine } from '../../src/domain/plain-text.ts';
import { EXIT_LEFT_IN_BACKGROUND, LeftInBackground } from './left-in-background.ts';
import { Output } from './output.ts';
import type { Session } from './session.ts';

/** Says what happened, why and what to do; returns the exit code. */
export function reportError(error: unknown, session: Session, argv: readonly string[]): number {
  const json = argv.includes('--json');
  const output = new Output(session, json);
  if (error instanceof LeftInBackground) {
    output.note(error.message);
    return EXIT_LEFT_IN_BACKGROUND;
  }
  const failure = error instanceof CommanderError ? usageError(error, argv) : asHiveMindError(error);
  const { code, message, hint } = failure;
  if (json) session.stderr.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  else output.note(errorText(failure, output));
  if (session.environment['HIVEMIND_DEBUG'] === '1') output.note(stackOf(failure));
  return failure.kind.exit;
}

function errorText(error: HiveMindError, { notePaint: { bold, dim, red } }: Output): string {
  const { code, message, hint, logTail } = error;
  const log = logTail.map((line) => dim(`  │ ${logText(line)}`));
  return [
    `${red(bold('error:'))} ${singleLine(message)} ${dim(`(${code})`)}`,
    ...log,
    `${bold('to do:')} ${singleLine(hint)}`,
  ].join('\n');
}

/** commander's `error: unknown command 'deply'` and, on a second line, `(Did you mean deploy?)`. */
function usageError(error: CommanderError, argv: readonly string[]): HiveMindError {
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const command = argv.find((word) => !word.startsWith('-'));
  const isUnknown = error.code === 'commander.unknownCommand';
  const help = isUnknown || command === undefined ? '' : ` ${command}`;
  const message = isUnknown ? what.replace(/^unknown command '(.*)'$/s, 'there is no command "$1"') : what;
  return new HiveMindError('InvalidInput', message.replace(/\.$/, ''), {
    hint: `${suggestion ? `${suggestion.replace(/^\(|\)$/g, '')} ` : ''}Run "hivemind help${help}" for what is possible`,
    cause: error,
  });
}

function stackOf(error: HiveMindError): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${error.cause.stack}` : '';
  return `${error.stack}${cause}`;
}
