import { type Mount, mountsOf, prefixOf } from './route-mounts.ts';
import type { Hit, SourceScan } from './source-scan.ts';

/** A path that the application answers GET requests for. */
export interface Route {
  readonly path: string;
  readonly hit: Hit;
  /** Registered for GET and nothing else. */
  readonly get?: true;
}

const CALL = /\.(get|all|head|route|use|GET) {0,2}\( {0,4}(['"`])(\/[^'"`\s]{0,120})\2/g;
/** Asks another server, or a store. */
const CLIENT = /axios|request|fetch|client|cache|http|got|ky|redis|store|headers|params|config/i;
const COMPARED = /(?:===?|\bcase|\bin) {0,4}[([]? {0,4}['"](\/[\w./-]{0,80})['"]/g;
const COMPARED_FIRST = /['"](\/[\w./-]{0,80})['"] {0,2}===?/g;
const STARTS_WITH = /\bstartswith {0,2}\( {0,2}['"](\/[\w./-]{1,80})['"]/gi;
const OPTION = /\b(?:url|path|pathname) {0,2}: {0,2}['"](\/[\w./:-]{0,120})['"]/g;
const KEY = /^[ \t]{0,20}['"](?:GET )?(\/[\w./-]{1,80})['"] {0,2}:/gm;
const CONTROLLER = /@Controller\( {0,2}(?:['"`]\/?([\w./-]{0,80})['"`])? {0,2}\)/;
const GETTER = /@Get\( {0,2}(?:['"`]\/?([\w./-]{0,80})['"`])? {0,2}\)/g;
const GLOBAL_PREFIX = /\bsetGlobalPrefix\( {0,2}['"`]\/?([\w./-]{1,80})['"`]/g;

/** Routes of the main process whose whole path can be told: of a router that is mounted nowhere in sight it cannot. */
export function routesOf(scan: SourceScan): readonly Route[] {
  const mounts = mountsOf(scan);
  const compared = [COMPARED, COMPARED_FIRST, STARTS_WITH].flatMap((pattern) =>
    scan.hits(pattern).map((hit) => ({ path: hit.match[1] ?? '/', hit })),
  );
  return [
    ...calledRoutes(scan, mounts),
    ...compared,
    ...listedRoutes(scan, mounts),
    ...decoratedRoutes(scan),
  ];
}

function calledRoutes(scan: SourceScan, mounts: readonly Mount[]): readonly Route[] {
  return scan.hits(CALL).flatMap((hit) => {
    const before = hit.source.text.slice(Math.max(0, hit.match.index - 60), hit.match.index);
    const receiver = /([\w$]{1,60})(?:\([^()]{0,60}\))?\s{0,20}$/.exec(before)?.[1] ?? '';
    const [, method, , path = '/'] = hit.match;
    const mountsRouter = (method === 'use' || method === 'route') && path === '/';
    if (mountsRouter || CLIENT.test(receiver)) return [];
    const prefix = prefixOf(scan, mounts, { path: hit.source.path, receiver });
    if (prefix === undefined) return [];
    return [{ path: joined(prefix, path), hit, ...(method === 'get' && { get: true as const }) }];
  });
}

/** `{ method: 'GET', url: '/health' }` and tables of paths. */
function listedRoutes(scan: SourceScan, mounts: readonly Mount[]): readonly Route[] {
  return [OPTION, KEY].flatMap((pattern) =>
    scan.hits(pattern).map((hit) => {
      const prefix = prefixOf(scan, mounts, { path: hit.source.path, receiver: 'app' }) ?? '';
      return { path: joined(prefix, hit.match[1] ?? '/'), hit };
    }),
  );
}

/** Controllers of Nest. */
function decoratedRoutes(scan: SourceScan): readonly Route[] {
  const prefix = scan.first(GLOBAL_PREFIX)?.match[1] ?? '';
  return scan.hits(GETTER).flatMap((hit) => {
    const controller = CONTROLLER.exec(hit.source.text);
    if (!controller) return [];
    return [{ path: joined(prefix, joined(controller[1] ?? '', hit.match[1] ?? '')), hit }];
  });
}

const joined = (prefix: string, path: string): string =>
  `/${prefix}/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
