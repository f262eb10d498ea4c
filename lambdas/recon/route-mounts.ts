import { LISTENS } from './source-patterns.ts';
import type { SourceScan } from './source-scan.ts';

/** `app.use('/api', router)`, `fastify.register(routes, { prefix: '/api' })`, `app.route('/api', sub)`. */
export interface Mount {
  /** File of the call. */
  readonly path: string;
  readonly prefix: string;
  readonly names: ReadonlySet<string>;
  /** Files that the names were imported from. */
  readonly targets: ReadonlySet<string>;
}

const CALL = /\.(?:use|route|register) {0,2}\(/g;
const APPLICATION = /^(?:app|application|server|fastify|instance)$/;
const MAXIMUM_DEPTH = 4;

export function mountsOf(scan: SourceScan): readonly Mount[] {
  return scan.hits(CALL).map(({ source, match }) => {
    const args =
      source.text
        .slice(match.index + match[0].length, match.index + match[0].length + 300)
        .split(/;|\n\s{0,8}\n|\)\s{0,4}\n/)[0] ?? '';
    const prefix =
      /^\s{0,20}['"`](\/[^'"`\s]{0,120})['"`] {0,2},/.exec(args) ??
      /\bprefix {0,2}: {0,2}['"`](\/[^'"`\s]{0,120})['"`]/.exec(args);
    const names = new Set(args.match(/[\w$]{1,60}/g) ?? []);
    const specifiers = [...args.matchAll(/['"]([^'"\n]{1,200})['"]/g)].map((specifier) => specifier[1] ?? '');
    const targets = [...names, ...specifiers].flatMap((name) => source.imports.get(name) ?? []);
    return { path: source.path, prefix: prefix?.[1] ?? '', names, targets: new Set(targets) };
  });
}

/** Where the routes of a router in a file hang; undefined when that cannot be told. */
export function prefixOf(
  scan: SourceScan,
  mounts: readonly Mount[],
  router: { readonly path: string; readonly receiver: string },
  depth = 0,
): string | undefined {
  if (depth > MAXIMUM_DEPTH) return undefined;
  const here = mounts.find((mount) => mount.path === router.path && mount.names.has(router.receiver));
  if (here && !APPLICATION.test(router.receiver)) return here.prefix;
  const elsewhere = mounts.find((mount) => mount.path !== router.path && mount.targets.has(router.path));
  if (elsewhere && !startsServer(scan, router.path)) {
    const above = prefixOf(scan, mounts, { path: elsewhere.path, receiver: 'app' }, depth + 1);
    return above === undefined ? undefined : above + elsewhere.prefix;
  }
  return APPLICATION.test(router.receiver) || startsServer(scan, router.path) ? '' : undefined;
}

function startsServer(scan: SourceScan, path: string): boolean {
  const source = scan.files.find((file) => file.path === path);
  return source !== undefined && source.text.search(LISTENS) !== -1;
}
