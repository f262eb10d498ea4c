import type { SourceTree } from '../ports/source-repository.ts';

const SOURCE_FILE = /\.(?:[cm]?[jt]s|jsx|tsx|py)$/;
const NOT_THE_APPLICATION =
  /(?:^|\/)(?:node_modules|dist|build|out|coverage|vendor|tests?|__tests__|spec|e2e|examples?|fixtures|docs|\.[\w-]+)\/|\.(?:test|spec|stories|config|d)\.\w{1,5}$|\.min\.js$/;
const MAXIMUM_SOURCES = 60;
const MAXIMUM_BYTES = 64 * 1024;
const MAXIMUM_FOUND = 100;

/** A file of the application's own code. */
export interface SourceText {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** The application's own code, the files nearest to its root first, as much of it as a look takes. */
export async function readSources(
  tree: SourceTree,
  files: readonly string[],
): Promise<readonly SourceText[]> {
  const chosen = files
    .filter((file) => SOURCE_FILE.test(file) && !NOT_THE_APPLICATION.test(file))
    .sort((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1))
    .slice(0, MAXIMUM_SOURCES);
  return Promise.all(
    chosen.map(async (file) => ({ file, text: (await tree.read(file, MAXIMUM_BYTES)) ?? '' })),
  );
}

const depthOf = (path: string): number => path.split('/').length;

const ROUTES = [
  /\.(?:get|all|route|use|GET) {0,2}\( {0,4}['"`](\/[\w./-]{0,80})['"`]/g,
  /(?:===?|\bcase) {0,4}['"](\/[\w./-]{0,80})['"]/g,
  /['"](\/[\w./-]{0,80})['"] {0,2}===?/g,
  /\b(?:url|path|pathname) {0,2}: {0,2}['"](\/[\w./-]{0,80})['"]/g,
  /\bstartswith {0,2}\( {0,2}['"](\/[\w./-]{1,80})['"]/gi,
];

/** Paths that are written out whole where requests are told apart. */
export const routesIn = (sources: readonly SourceText[]): readonly string[] => found(sources, ROUTES);

const READS = [
  /\bprocess\.env\.([A-Za-z_]\w{0,80})/g,
  /\bprocess\.env\[ {0,2}['"]([A-Za-z_]\w{0,80})['"]/g,
  /\bos\.(?:environ(?:\.get\(|\[)|getenv\() {0,2}['"]([A-Za-z_]\w{0,80})['"]/g,
];

export const variablesIn = (sources: readonly SourceText[]): readonly string[] => found(sources, READS);

function found(sources: readonly SourceText[], patterns: readonly RegExp[]): readonly string[] {
  const all = sources.flatMap(({ text }) =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? [])),
  );
  return [...new Set(all)].slice(0, MAXIMUM_FOUND);
}
