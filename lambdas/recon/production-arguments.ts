import { plainArguments } from './command-line.ts';
import { resolveProgram } from './module-path.ts';
import type { PackageJson } from './package-json.ts';

const WATCHER = /^(?:nodemon|ts-node-dev|tsnd|node-dev|supervisor)$/;
const WATCHER_VALUE_OPTIONS = new Set(['-w', '--watch', '-e', '--ext', '-i', '--ignore', '-x', '--exec']);
const DAEMON = /^(?:pm2|forever)$/;
/** Programs that read `$PORT` themselves when no port is named, with their option for a port. */
const PORT_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['next', ['-p', '--port']],
  ['http-server', ['-p', '--port']],
]);

/**
 * Arguments of a start script without what has no place in production: file watchers, daemons that leave the foreground,
 * a fixed port where the program would follow `$PORT`, an environment file that is not in the repository.
 */
export function productionArguments(argv: readonly string[], packageJson: PackageJson): readonly string[] {
  const steps = [unwatched, inForeground, onAnyPort, withoutMissingEnvironmentFile];
  return steps.reduce((words, step) => step(words, packageJson), argv);
}

function unwatched(argv: readonly string[], packageJson: PackageJson): readonly string[] {
  const [program = '', ...words] = argv;
  if (program === 'tsx' && words[0] === 'watch') return [program, ...words.slice(1)];
  if (program === 'node')
    return [program, ...words.filter((word) => !/^--watch(?:$|-path=|-preserve-output$)/.test(word))];
  if (!WATCHER.test(program)) return argv;
  const executor = words.findIndex((word) => word === '--exec' || word === '-x');
  const file = words.findIndex(
    (word, index) =>
      !WATCHER_VALUE_OPTIONS.has(words[index - 1] ?? '') && resolveFile(word, packageJson) !== undefined,
  );
  const rest = file === -1 ? [] : words.slice(file);
  if (executor !== -1) return [...(plainArguments(words[executor + 1] ?? '') ?? []), ...rest];
  return file === -1 ? argv : [...interpreterOf(words[file] ?? '', packageJson), ...rest];
}

function inForeground(argv: readonly string[], packageJson: PackageJson): readonly string[] {
  const [program = '', first, ...words] = argv;
  if (!DAEMON.test(program) || first !== 'start' || words.includes('--no-daemon')) return argv;
  const file = words.find((word) => /\.[cm]?[jt]s$/.test(word) && !/\.config\.c?js$/.test(word));
  if (file !== undefined) return [...interpreterOf(file, packageJson), file];
  return program === 'pm2' ? ['pm2-runtime', 'start', ...words] : argv;
}

function onAnyPort(argv: readonly string[]): readonly string[] {
  const options = PORT_OPTIONS.get(argv[0] ?? '');
  if (!options) return argv;
  return argv.filter((word, index) => {
    const isOption = options.includes(word) && /^\d+$/.test(argv[index + 1] ?? '');
    const isValue = /^\d+$/.test(word) && options.includes(argv[index - 1] ?? '');
    return !isOption && !isValue && !/^--port=\d+$/.test(word);
  });
}

function withoutMissingEnvironmentFile(argv: readonly string[], { folder }: PackageJson): readonly string[] {
  if (argv[0] !== 'node') return argv;
  const missing = (path: string | undefined) => path !== undefined && !folder.has(path);
  return argv.filter(
    (word, index) =>
      !(word.startsWith('--env-file=') && missing(word.slice('--env-file='.length))) &&
      !(word === '--env-file' && missing(argv[index + 1])) &&
      !(argv[index - 1] === '--env-file' && missing(word)),
  );
}

function interpreterOf(file: string, packageJson: PackageJson): readonly string[] {
  const source = resolveFile(file, packageJson) ?? file;
  if (!/\.[cm]?tsx?$/.test(source)) return ['node'];
  return [packageJson.firstDependency(['tsx', 'ts-node'])?.name ?? 'node'];
}

const resolveFile = (word: string, { folder }: PackageJson): string | undefined =>
  word.startsWith('-') ? undefined : resolveProgram(folder, word);
