import { posix } from 'node:path';
import { isPlainPath } from './package-commands.ts';
import type { RepositoryFacts } from './repository-facts.ts';

interface Search {
  /** Of the application's folder, relative to it. */
  readonly files: readonly string[];
  readonly repository: Pick<RepositoryFacts, 'scripts' | 'main' | 'compiledTo'>;
  /** What the start command names and what is not there. */
  readonly missing: string | undefined;
  readonly isPython: boolean;
}

const STEMS = ['server', 'index', 'app', 'main'];
const NODE_FILE = /\.[cm]?js$/;
const TYPED_FILE = /(?<!\.d)\.[cm]?ts$/;
const NOT_AN_ENTRY =
  /(?:^|\/)(?:node_modules|tests?|__tests__|spec|e2e|examples?|fixtures|docs|scripts|public|static|coverage)\/|\.(?:test|spec|config|min)\.|(?:^|\/)\./;
/** Folders that builds write to, as scripts name them. */
const OUTPUT =
  /(?<![\w@.-])(?:\.\/)?(dist|build|out|output|lib|bundle|target|release|compiled)(?=[\s/'";]|$)/g;

/** Files that may be the start of the application, the likeliest first; each is in the repository or one that the build makes. */
export function entriesOf(search: Search): readonly string[] {
  const candidates = search.isPython ? pythonEntries(search) : nodeEntries(search);
  return [...new Set(candidates)].filter((path) => path !== search.missing && isPlainPath(path));
}

function pythonEntries({ files, missing }: Search): readonly string[] {
  const stems = withStemOf(missing);
  const programs = files.filter((file) => file.endsWith('.py') && !NOT_AN_ENTRY.test(file));
  return stems.flatMap((stem) => byDepth(programs.filter((file) => stemOf(file) === stem)));
}

function nodeEntries(search: Search): readonly string[] {
  const { files, repository, missing } = search;
  const main = repository.main === null ? [] : [posix.normalize(repository.main)];
  const built = builtEntries(search);
  const stems = withStemOf(missing);
  const programs = files.filter((file) => NODE_FILE.test(file) && !NOT_AN_ENTRY.test(file));
  const plain = stems.flatMap((stem) => byDepth(programs.filter((file) => stemOf(file) === stem)));
  const isTyped = files.some((file) => TYPED_FILE.test(file));
  const isMade = (path: string): boolean => files.includes(path) || built.includes(path);
  // A program that has to be compiled does not run from its source; any other one surely does.
  return [...main.filter(isMade), ...(isTyped || built.length > 0 ? [...built, ...plain] : plain)];
}

/** What the build makes of the sources, in the folders that its configuration and its scripts name. */
function builtEntries({ files, repository, missing }: Search): readonly string[] {
  const sources = files.filter(
    (file) => (NODE_FILE.test(file) || TYPED_FILE.test(file)) && !NOT_AN_ENTRY.test(file),
  );
  const stems = withStemOf(missing);
  return outputFolders(repository).flatMap((folder) =>
    stems.flatMap((stem) =>
      byDepth(sources.filter((file) => stemOf(file) === stem && !file.startsWith(`${folder}/`))).flatMap(
        (source) => {
          const compiled = source.replace(TYPED_FILE, '.js');
          const inside = compiled.replace(/^(?:src|source|server|app|lib)\//, '');
          return [posix.join(folder, inside), posix.join(folder, compiled)];
        },
      ),
    ),
  );
}

function outputFolders({ scripts, compiledTo }: Search['repository']): readonly string[] {
  const named = Object.entries(scripts)
    .filter(([name]) => /build|compile|bundle|dist|prepare/.test(name))
    .flatMap(([, line]) => [...line.slice(0, 4_000).matchAll(OUTPUT)].flatMap(([, folder]) => folder ?? []));
  const configured = compiledTo === null ? [] : [posix.normalize(compiledTo).replace(/\/$/, '')];
  return [...new Set([...configured, ...named])].filter(isPlainPath);
}

const stemOf = (path: string): string => posix.basename(path).replace(/\.\w{1,4}$/, '');

const withStemOf = (missing: string | undefined): readonly string[] =>
  missing === undefined ? STEMS : [...new Set([stemOf(missing), ...STEMS])];

const byDepth = (paths: readonly string[]): readonly string[] =>
  [...paths].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
