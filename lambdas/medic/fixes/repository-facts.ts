import * as z from 'zod';
import { jsonOrUndefined } from '../../../src/domain/json.ts';
import type { SourceTree } from '../../../src/ports/source-repository.ts';
import { readSources, routesIn, variablesIn } from '../../../src/stages/source-facts.ts';

/** What a remedy may have to choose from. */
export interface RepositoryFacts {
  /** Every file of the commit, relative to the repository's root. */
  readonly files: readonly string[];
  /** Scripts of the `package.json` in the plan's root; empty when there is none. */
  readonly scripts: Readonly<Record<string, string>>;
  /** `main` of that `package.json`. */
  readonly main: string | null;
  /** Packages that it depends on, and those that it needs for development only. */
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** `outDir` of the `tsconfig.json` in the plan's root. */
  readonly compiledTo: string | null;
  /** Paths that the source answers GET requests for, as far as it names them whole. */
  readonly routes: readonly string[];
  /** Environment variables that the source reads. */
  readonly reads: readonly string[];
}

const MAXIMUM_FILES = 20_000;
const MAXIMUM_MANIFEST_BYTES = 256 * 1024;
/** A path that means the same to a shell, a terminal and a file system. */
const PLAIN_PATH = /^[\w@.+ ()[\]/-]{1,300}$/;

const names = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) => Object.keys(record));
const texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) =>
    Object.fromEntries(
      Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  );
const manifestShape = z.object({
  scripts: texts,
  main: z.string().nullable().catch(null),
  dependencies: names,
  devDependencies: names,
});
const compilerShape = z.object({ compilerOptions: z.object({ outDir: z.string() }) });

/**
 * What the files of a commit say to somebody who looks for a fix. Nothing of it is run, and what cannot be read counts as absent.
 * @param root folder of the application: `.` or a relative path
 */
export async function repositoryFacts(tree: SourceTree, root = '.'): Promise<RepositoryFacts> {
  const files = tree.entries
    .filter(({ kind, path }) => (kind === 'file' || kind === 'executable') && PLAIN_PATH.test(path))
    .map(({ path }) => path)
    .slice(0, MAXIMUM_FILES);
  const known = new Set(files);
  const read = async (path: string): Promise<string> =>
    known.has(inRoot(root, path))
      ? ((await tree.read(inRoot(root, path), MAXIMUM_MANIFEST_BYTES)) ?? '')
      : '';
  const manifest = manifestShape.safeParse(jsonOrUndefined(await read('package.json')));
  const compiler = compilerShape.safeParse(jsonOrUndefined(withoutComments(await read('tsconfig.json'))));
  const sources = await readSources(
    tree,
    filesIn(files, root).map((path) => inRoot(root, path)),
  );
  const none = { scripts: {}, main: null, dependencies: [], devDependencies: [] };
  return {
    files,
    ...(manifest.success ? manifest.data : none),
    compiledTo: compiler.success ? compiler.data.compilerOptions.outDir : null,
    routes: routesIn(sources),
    reads: variablesIn(sources),
  };
}

/** Files of a folder, relative to it. */
export function filesIn(files: readonly string[], root: string): readonly string[] {
  if (root === '.') return files;
  const prefix = `${root}/`;
  return files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
}

const inRoot = (root: string, path: string): string => (root === '.' ? path : `${root}/${path}`);

/** Whole lines only: enough for the files that `tsc --init` writes, and never wrong about a text. */
const withoutComments = (text: string): string =>
  text
    .replace(/^[ \t]{0,40}\/\/[^\n]{0,500}$/gm, '')
    .replace(/\/\*[^*]{0,500}\*\//g, '')
    .replace(/,(?=\s{0,200}[}\]])/g, '');
