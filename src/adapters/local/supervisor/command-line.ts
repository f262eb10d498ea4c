import { fileURLToPath } from 'node:url';
import { parse } from 'shell-quote';
import type { Command } from '../../../domain/plan.ts';

const STATIC_SITE_SERVER = fileURLToPath(new URL('../static-site-server.ts', import.meta.url));

/** Anything a shell expands, groups, comments or escapes: such a line is left to a shell. */
const SHELL_SYNTAX = /[$`~*?[\]{}()<>|&;!#\\\n\r]/;
/** Words that only a shell knows, or knows better (POSIX XCU 2.14, 2.4 and the utilities that change the shell itself). */
const SHELL_WORDS = new Set(
  `. : break cd command continue eval exec exit export read readonly return set shift source times trap type ulimit umask
   unset wait alias unalias bg fg jobs hash getopts local if for while until case time function`.split(/\s+/),
);

/** What to execute for a command. A simple line needs no shell: then the process that gets the signals is the application. */
export function argvOf(command: Command): readonly string[] {
  switch (command.kind) {
    case 'argv':
      return command.argv;
    case 'shell':
      return shellArgv(command.line);
    case 'serve': {
      const fallback = command.fallback === null ? [] : [command.fallback];
      return [process.execPath, STATIC_SITE_SERVER, command.directory, ...fallback];
    }
  }
}

/** What to execute for a line that was written for a shell. */
export const shellArgv = (line: string): readonly string[] => simpleCommand(line) ?? ['/bin/sh', '-c', line];

function simpleCommand(line: string): readonly string[] | undefined {
  if (SHELL_SYNTAX.test(line)) return undefined;
  const words = parse(line).filter((word) => typeof word === 'string');
  const [program] = words;
  const isShellWord = program === undefined || program.includes('=') || SHELL_WORDS.has(program);
  return isShellWord ? undefined : words;
}
