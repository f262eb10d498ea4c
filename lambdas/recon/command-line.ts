import { parse } from 'shell-quote';
import type { Command } from '../../src/domain/plan.ts';

/** Longer lines are left to the shell unread. */
const MAXIMUM_READ_LENGTH = 2000;
/** Words, blanks and quoted texts without anything that a shell would expand. */
const PLAIN = /^(?:[\w@%+=:,./ -]|'[^'\n]*'|"[^"$`\\!\n]*")+$/;
const BUILT_IN = new Set(
  'if for while until case function select time exec eval export set unset source cd alias trap ulimit umask wait exit return break continue shift test true false type command'.split(
    ' ',
  ),
);
/** HiveMind sets it for every release, and `cross-env` may be gone after a production install. */
const PRODUCTION_PREFIX = /^(?:cross-env(?:-shell)? +)?NODE_ENV=["']?production["']? +/;

/** A command line as the application wrote it: as arguments when no shell is needed to read it. */
export function commandOf(line: string): Command {
  const argv = plainArguments(line);
  return argv ? { kind: 'argv', argv } : { kind: 'shell', line };
}

/** The arguments of a line that needs no shell; undefined for any other line. */
export function plainArguments(line: string): readonly string[] | undefined {
  if (line.length > MAXIMUM_READ_LENGTH || !PLAIN.test(line)) return undefined;
  const words = parse(line).filter((word) => typeof word === 'string');
  const [program] = words;
  if (program === undefined || program === '' || program.includes('=') || BUILT_IN.has(program))
    return undefined;
  return words;
}

export const withoutProductionPrefix = (line: string): string => line.replace(PRODUCTION_PREFIX, '').trim();

/**
 * The simple commands of a line, as far as they can be read without running a shell: words without expansion, split at
 * control operators, leading assignments and `cross-env` left out. For looking at, never for running.
 */
export function simpleCommands(line: string): readonly (readonly string[])[] {
  if (line.length > MAXIMUM_READ_LENGTH) return [];
  const commands: string[][] = [[]];
  for (const word of words(line)) {
    if (typeof word === 'string') commands.at(-1)?.push(word);
    else if ('op' in word && word.op === 'glob') commands.at(-1)?.push(word.pattern);
    else if ('op' in word) commands.push([]);
  }
  return commands.map(withoutAssignments).filter((command) => command.length > 0);
}

function words(line: string): ReturnType<typeof parse> {
  try {
    return parse(line.replaceAll('\n', ';'), (name) => `$${name}`);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Bad substitution')) return [];
    throw error;
  }
}

function withoutAssignments(command: readonly string[]): string[] {
  const first = command.findIndex(
    (word) =>
      !/^[A-Za-z_]\w*=/.test(word) &&
      !/^(?:cross-env(?:-shell)?|exec|env|npx|time|-y|--yes|--no-install)$/.test(word),
  );
  return first === -1 ? [] : command.slice(first);
}
