import type { Folder } from './folder.ts';
import { packagesOf, SITE_BUILDERS, SITE_FRAMEWORKS } from './frameworks.ts';
import { resolveModule } from './module-path.ts';
import type { PackageJson } from './package-json.ts';
import type { ProcfileEntry } from './procfile.ts';
import { programFile } from './program-file.ts';
import { BROWSER, LISTENS, READS_PORT, WORKS } from './source-patterns.ts';
import { type SourceScan, scanSources } from './source-scan.ts';
import { delegate, resolveScript, type StartScript } from './start-script.ts';

/** The file where the main process begins, and the sources that belong to it. */
export interface Entry {
  readonly path: string | null;
  /** What names the file: a command of the application, `main` of package.json, or only its own name. */
  readonly from: 'command' | 'main' | 'name' | null;
  readonly scan: SourceScan;
  /** Files that looked like an entry and neither listen nor keep running. */
  readonly rejected: readonly string[];
}

const FOLDERS = ['', 'src/', 'server/', 'api/', 'app/', 'bin/', 'lib/'];
const NODE_NAMES = ['server', 'app', 'index', 'main', 'start', 'worker', 'bot'];
const NODE_EXTENSIONS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'];
const PYTHON_NAMES = ['app', 'main', 'server', 'wsgi', 'run', 'index', 'start', '__main__', 'worker', 'bot'];
/** Where entries are looked for, for the message that says that none was found. */
export const ENTRY_NAMES = [
  ...['server', 'app', 'index', 'main'].map((name) => `${name}.js`),
  `the same as .mjs, .cjs and .ts and in ${FOLDERS.filter(Boolean).join(', ')}`,
  ...PYTHON_NAMES.slice(0, 4).map((name) => `${name}.py`),
].join(', ');
/** Names that are tried at most, so that a hostile repository cannot make us read it many times. */
const MAXIMUM_CANDIDATES = 6;

export interface EntrySigns {
  readonly folder: Folder;
  readonly packageJson: PackageJson | undefined;
  readonly procfile: readonly ProcfileEntry[];
  readonly start: StartScript | undefined;
  readonly linked: ReadonlySet<string>;
}

export async function findEntry(given: EntrySigns): Promise<Entry> {
  const { folder, linked, packageJson } = given;
  const [named, ...others] = namedPrograms(given);
  if (named !== undefined) {
    return {
      path: named,
      from: 'command',
      scan: await scanSources(folder, [named, ...others], linked),
      rejected: [],
    };
  }
  const candidates = unnamedPrograms(given);
  const scans = await Promise.all(candidates.map(({ path }) => scanSources(folder, [path], linked)));
  // A library also has files that listen: tests of it, adapters. An application asks for its port.
  const signs = packageJson?.isLibrary
    ? [READS_PORT]
    : buildsSite(packageJson)
      ? [LISTENS]
      : [LISTENS, WORKS];
  for (const pattern of signs) {
    const index = scans.findIndex((scan) => scan.first(pattern) && !scan.first(BROWSER));
    const [candidate, scan] = [candidates[index], scans[index]];
    if (candidate && scan) return { ...candidate, scan, rejected: [] };
  }
  const scan = await scanSources(folder, [], linked);
  return { path: null, from: null, scan, rejected: candidates.map(({ path }) => path) };
}

const buildsSite = (packageJson: PackageJson | undefined): boolean =>
  packageJson?.firstDependency([...packagesOf(SITE_FRAMEWORKS), ...SITE_BUILDERS]) !== undefined;

/** Programs that the Procfile and the start script name: the main process first. */
function namedPrograms({ folder, packageJson, procfile, start }: EntrySigns): readonly string[] {
  const web = procfile.filter((entry) => entry.name === 'web');
  const rest = procfile.filter((entry) => entry.name !== 'web' && entry.name !== 'release');
  const script = start?.kind === 'server' ? [start.line] : [];
  const lines = [...web.map((entry) => entry.line), ...script, ...rest.map((entry) => entry.line)].map(
    (line) => scriptLine(line, packageJson),
  );
  const files = lines.flatMap((line) => programFile(line, folder, packageJson?.main) ?? []);
  const [main] = lines;
  const mainIsElsewhere = main !== undefined && programFile(main, folder, packageJson?.main) === undefined;
  return mainIsElsewhere ? [] : [...new Set(files)];
}

/** `npm start` as the line that it runs. */
function scriptLine(line: string, packageJson: PackageJson | undefined): string {
  const name = packageJson && delegate(line);
  return (name === undefined ? undefined : packageJson && resolveScript(packageJson, name)?.line) ?? line;
}

function unnamedPrograms({ folder, packageJson, start, procfile }: EntrySigns) {
  if (start?.kind === 'server' || procfile.some((entry) => entry.name === 'web')) return [];
  const main = packageJson?.main === undefined ? undefined : resolveModule(folder, packageJson.main);
  const names = packageJson ? nodeNames() : [...nodeNames(), ...pythonNames()];
  const byName = names
    .filter((path) => folder.has(path) && path !== main)
    .map((path) => ({ path, from: 'name' as const }));
  return [...(main === undefined ? [] : [{ path: main, from: 'main' as const }]), ...byName].slice(
    0,
    MAXIMUM_CANDIDATES,
  );
}

const nodeNames = (): readonly string[] =>
  FOLDERS.flatMap((folder) =>
    NODE_NAMES.flatMap((name) => NODE_EXTENSIONS.map((extension) => `${folder}${name}.${extension}`)),
  );

const pythonNames = (): readonly string[] =>
  FOLDERS.flatMap((folder) => PYTHON_NAMES.map((name) => `${folder}${name}.py`));
