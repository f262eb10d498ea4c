import { posix } from 'node:path';
import type { Evidence, Fact } from '../../../src/domain/plan.ts';
import { simpleCommands } from '../command-line.ts';
import { Folder, type Repository } from '../folder.ts';
import {
  packagesOf,
  SERVER_FRAMEWORKS,
  SITE_BUILDERS,
  SITE_FRAMEWORKS,
  WEB_FRAMEWORKS,
} from '../frameworks.ts';
import { SURE } from '../observation.ts';
import { type PackageJson, readOtherPackageJson, readPackageJson } from '../package-json.ts';
import { readProcfile } from '../procfile.ts';
import { LISTENS } from '../source-patterns.ts';
import { startScriptOf } from '../start-script.ts';

/** A folder that can be deployed, and how much speaks for it: 2 files, 3 a program, 4 a server. */
interface Candidate {
  readonly path: string;
  readonly rank: number;
  readonly evidence: Evidence;
  readonly packageName: string | undefined;
}

const MAXIMUM_CANDIDATES = 40;
const MAXIMUM_DEPTH = 3;
/** Folders that accompany an application. */
const ACCOMPANYING =
  /^(?:node_modules|vendor|tests?|__tests__|spec|e2e|fixtures?|examples?|samples?|demos?|playgrounds?|templates?|docs?|bench(?:marks?)?|scripts|tools?|tooling|dist|build|out|coverage|third_party|cypress|storybook|terraform|infra(?:structure)?|k8s|helm|public|static|assets|\..*)$/i;
const MANIFESTS = ['package.json', 'Procfile', 'app.py', 'main.py', 'server.py'];
const PROGRAMS = [
  'server.js',
  'app.js',
  'index.js',
  'src/server.js',
  'src/app.js',
  'src/index.js',
  'src/server.ts',
  'src/index.ts',
  'app.py',
  'main.py',
  'server.py',
];
/** Among equals. */
const PREFERRED = ['server', 'backend', 'api', 'app', 'web', 'site', 'www', 'frontend', 'client'];

/** The folder to deploy: the top one when it can be, else the best of those below it. The description may choose among these. */
export async function chooseRoot(
  repository: Repository,
  description: string | undefined,
): Promise<Fact<string>> {
  const [top, ...below] = await Promise.all(
    ['.', ...foldersOf(repository)].map((path) => rate(repository, path)),
  );
  const candidates = below.filter((candidate) => candidate !== undefined);
  const atTop = await topOf(repository, top, candidates);
  if (atTop) return atTop;
  const [best, ...others] = candidates.sort(
    (a, b) => b.rank - a.rank || preference(a.path) - preference(b.path),
  );
  if (!best) return fact('.', SURE.stated, { file: '.', note: 'default: the top folder' });
  const described = describedBy(description, candidates);
  if (described) {
    const naming = { file: described.path, note: 'named in the description' };
    return fact(described.path, SURE.clear, naming, described.evidence);
  }
  if (others.length === 0) return fact(best.path, best.rank > 2 ? SURE.clear : SURE.likely, best.evidence);
  const names = others.slice(0, 8).map((other) => other.path);
  const choice = { file: best.path, note: `best of several; others: ${names.join(', ')}` };
  return fact(best.path, SURE.guess, choice, best.evidence);
}

const fact = (value: string, confidence: number, ...evidence: readonly Evidence[]): Fact<string> => ({
  value,
  confidence,
  evidence,
});

function foldersOf(repository: Repository): readonly string[] {
  const folders = repository.files
    .filter((file) => MANIFESTS.includes(posix.basename(file)))
    .map((file) => posix.dirname(file))
    .filter((path) => path !== '.' && path.split('/').length <= MAXIMUM_DEPTH)
    .filter((path) => !path.split('/').some((name) => ACCOMPANYING.test(name)));
  const depth = (path: string) => path.split('/').length;
  return [...new Set(folders)]
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
    .slice(0, MAXIMUM_CANDIDATES);
}

/** The top folder, when it is an application itself or its start script names one of the others. */
async function topOf(
  repository: Repository,
  top: Candidate | undefined,
  candidates: readonly Candidate[],
): Promise<Fact<string> | undefined> {
  const named = await namedByStart(new Folder(repository, '.'), candidates);
  if (named) return named;
  if (top) return fact('.', SURE.stated, top.evidence);
  const page = ['index.html', 'public/index.html', 'docs/index.html'].find((path) => repository.has(path));
  const program = candidates.some(({ rank }) => rank > 2);
  return page === undefined || program
    ? undefined
    : fact('.', SURE.clear, { file: page, note: 'static files' });
}

/** `npm start -w apps/api`, `turbo run start --filter=api`, `cd server && npm start`: the application is there. */
async function namedByStart(
  folder: Folder,
  candidates: readonly Candidate[],
): Promise<Fact<string> | undefined> {
  const packageJson = await readPackageJson(folder);
  const start = packageJson && startScriptOf(packageJson);
  if (!packageJson || !start) return undefined;
  const commands = simpleCommands(start.line);
  const enters = commands[0]?.[0] === 'cd' && !packageJson.hasDependencies;
  if (start.kind !== 'runner' && !enters) return undefined;
  const words = commands.flat().map((word) =>
    word
      .replace(/^--\w+=/, '')
      .replace(/^\.\//, '')
      .replace(/\/$/, ''),
  );
  const named = candidates.filter(
    ({ path, packageName }) =>
      words.includes(path) || (packageName !== undefined && words.includes(packageName)),
  );
  const [only] = named;
  return only && named.length === 1
    ? fact(only.path, SURE.clear, packageJson.scriptEvidence(start.name), only.evidence)
    : undefined;
}

async function rate(repository: Repository, path: string): Promise<Candidate | undefined> {
  const folder = new Folder(repository, path);
  const readManifest = path === '.' ? readPackageJson : readOtherPackageJson;
  const [packageJson, procfile] = await Promise.all([readManifest(folder), readProcfile(folder)]);
  const packageName = packageJson?.name;
  const stated =
    procfile.find(({ name }) => name === 'web') ?? procfile.find(({ name }) => name !== 'release');
  if (stated) return { path, rank: stated.name === 'web' ? 4 : 3, evidence: stated.evidence, packageName };
  const rated = (packageJson && rateManifest(packageJson)) ?? (await rateProgram(folder));
  return rated && { path, packageName, ...rated };
}

function rateManifest(packageJson: PackageJson): Pick<Candidate, 'rank' | 'evidence'> | undefined {
  const start = startScriptOf(packageJson);
  const framework = packageJson.firstDependency(packagesOf([...SERVER_FRAMEWORKS, ...WEB_FRAMEWORKS]));
  if (start?.kind === 'server' || start?.kind === 'foreign') {
    return { rank: framework ? 4 : 3, evidence: packageJson.scriptEvidence(start.name) };
  }
  const server = packageJson.firstDependency(packagesOf(SERVER_FRAMEWORKS));
  if (server) return { rank: 4, evidence: server.evidence };
  const site = packageJson.firstDependency([...packagesOf(SITE_FRAMEWORKS), ...SITE_BUILDERS]);
  const { folder } = packageJson;
  const page = folder.firstOf([
    'index.html',
    'public/index.html',
    'src/index.html',
    'angular.json',
    'gatsby-config.js',
    'gatsby-config.ts',
  ]);
  if (page !== undefined && start?.kind === 'development')
    return { rank: 2, evidence: packageJson.scriptEvidence(start.name) };
  return site && (page !== undefined || start !== undefined)
    ? { rank: 2, evidence: site.evidence }
    : undefined;
}

async function rateProgram(folder: Folder): Promise<Pick<Candidate, 'rank' | 'evidence'> | undefined> {
  const programs = PROGRAMS.filter((program) => folder.has(program));
  const texts = await Promise.all(programs.map((program) => folder.read(program, 64 * 1024)));
  const index = texts.findIndex((text) => text !== undefined && text.search(LISTENS) !== -1);
  const program = programs[index];
  return program === undefined
    ? undefined
    : { rank: 3, evidence: folder.evidence(program, 'a program that listens') };
}

function describedBy(
  description: string | undefined,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const words = (description ?? '')
    .slice(0, 2000)
    .toLowerCase()
    .split(/[^\w./@-]+/)
    .map((word) => word.replace(/[./]+$/, ''));
  const byPath = candidates.find(({ path }) => words.includes(path.toLowerCase()));
  const byName = candidates.filter(({ path, packageName }) =>
    [posix.basename(path), packageName].some(
      (name) => name !== undefined && words.includes(name.toLowerCase()),
    ),
  );
  return byPath ?? (byName.length === 1 ? byName[0] : undefined);
}

function preference(path: string): number {
  const index = PREFERRED.indexOf(posix.basename(path));
  return index === -1 ? PREFERRED.length : index;
}
