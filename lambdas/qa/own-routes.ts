import { isHarmlessRoute } from '../../src/domain/route-effects.ts';
import type { SourceTree } from '../../src/ports/source-repository.ts';
import { shownBeginning } from '../../src/stages/shown-text.ts';
import { readSources, type SourceText } from '../../src/stages/source-facts.ts';

/** A path that the source answers GET requests for, and that a look may be taken at. */
export interface OwnRoute {
  readonly path: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The lines around. */
  readonly excerpt: string;
}

const MAXIMUM_ROUTES = 40;
const MAXIMUM_LINE_LENGTH = 300;
const LINES_BEFORE = 1;
const LINES_AFTER = 5;

const PATH = `(/[\\w./-]{0,80})`;
/** Where a path is written out whole beside the method; what is registered for every method counts for none. */
const GET_ROUTES = [
  new RegExp(
    `(?:^|[^\\w$.]|\\b(?:app|api|application|router|routes|server|fastify|instance)\\.)get {0,2}\\( {0,4}['"\`]${PATH}['"\`] {0,2},`,
    'i',
  ),
  new RegExp(`@(?:app|api|router)\\.get\\( {0,4}['"]${PATH}['"]`),
  new RegExp(`@Get\\( {0,2}['"\`]${PATH}['"\`]`),
  new RegExp(`method {0,2}: {0,2}['"]GET['"].{0,60}\\b(?:url|path) {0,2}: {0,2}['"]${PATH}['"]`),
  new RegExp(
    `\\bmethod {0,2}===? {0,2}['"]GET['"].{0,60}\\b(?:url|path|pathname) {0,2}===? {0,2}['"]${PATH}['"]`,
  ),
  new RegExp(
    `\\b(?:url|path|pathname) {0,2}===? {0,2}['"]${PATH}['"].{0,60}\\bmethod {0,2}===? {0,2}['"]GET['"]`,
  ),
];
/** Beside what may have an effect: what shows more than a visitor should make somebody else read. */
const NOT_LOOKED_AT =
  /token|upload|pay|order\/|checkout|cart\/|create|update|edit|new$|add|clear|flush|purge|drop|seed|migrat|run|trigger|start|stop|kill|ban|approve|cancel|import|sync|refresh|rotate|revoke|debug|env|config|secret|internal|impersonate|invite|session|password|account|dump|backup/i;

/** In the order of the files, each path once. Nothing of the repository is run. */
export async function ownRoutes(tree: SourceTree, root: string): Promise<readonly OwnRoute[]> {
  const prefix = root === '.' ? '' : `${root}/`;
  const files = tree.entries
    .filter(({ kind, path }) => (kind === 'file' || kind === 'executable') && path.startsWith(prefix))
    .map(({ path }) => path);
  const found = new Map<string, OwnRoute>();
  for (const route of (await readSources(tree, files)).flatMap(routesOf)) {
    if (!found.has(route.path) && found.size < MAXIMUM_ROUTES) found.set(route.path, route);
  }
  return [...found.values()];
}

function routesOf({ file, text }: SourceText): readonly OwnRoute[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.length > MAXIMUM_LINE_LENGTH || /^\s*(?:\/\/|#|\*|\/\*)/.test(line)) return [];
    const path = GET_ROUTES.map((pattern) => pattern.exec(line)?.[1]).find((match) => match !== undefined);
    if (path === undefined || !isLookedAt(path)) return [];
    const excerpt = lines
      .slice(Math.max(0, index - LINES_BEFORE), index + 1 + LINES_AFTER)
      .map((shown) => shownBeginning(shown, MAXIMUM_LINE_LENGTH))
      .join('\n');
    return [{ path, file, line: index + 1, excerpt }];
  });
}

export const isLookedAt = (path: string): boolean => isHarmlessRoute(path) && !NOT_LOOKED_AT.test(path);
