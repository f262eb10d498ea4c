import { posix } from 'node:path';
import { simpleCommands } from './command-line.ts';
import type { Folder } from './folder.ts';
import { resolveProgram, SOURCE_FILE } from './module-path.ts';

const INTERPRETER =
  /(?:^|\/)(?:node|nodejs|tsx|ts-node|ts-node-esm|ts-node-dev|tsnd|nodemon|node-dev|supervisor|pm2|pm2-runtime|forever|babel-node|swc-node|esno|sucrase-node|dotenv|dotenvx|env-cmd|python|python3(?:\.\d{1,2})?)$/;
/** Options of these programs whose next word is their value. */
const VALUE_OPTIONS = new Set(
  '-r --require --import --loader --experimental-loader --env-file -x --exec -e --ext -i --ignore -P --project -W -X'.split(
    ' ',
  ),
);

/** The source file that a command line starts; undefined when it is not in the folder. `main` is what `node .` means. */
export function programFile(line: string, folder: Folder, main?: string): string | undefined {
  let directory = '.';
  for (const [program = '', ...words] of simpleCommands(line)) {
    if (program === 'cd') directory = posix.join(directory, words[0] ?? '.');
    else {
      const paths = INTERPRETER.test(program)
        ? programPaths(words, main)
        : program.includes('/') || SOURCE_FILE.test(program)
          ? [program]
          : [];
      const files = paths.map((path) => resolveProgram(folder, posix.join(directory, path)));
      const file = files.find((candidate) => candidate !== undefined);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

function programPaths(words: readonly string[], main: string | undefined): readonly string[] {
  const module = words.indexOf('-m');
  if (module !== -1) return [(words[module + 1] ?? '').replaceAll('.', '/')];
  return words
    .filter((word, index) => !word.startsWith('-') && !VALUE_OPTIONS.has(words[index - 1] ?? ''))
    .map((word) => (word === '.' && main !== undefined ? main : word));
}
