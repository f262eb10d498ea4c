import { isHarmlessRoute } from '../../../src/domain/route-effects.ts';
import type { Detector, DetectorContext } from '../detector-context.ts';
import { packagesOf, SERVER_FRAMEWORKS } from '../frameworks.ts';
import { type Observation, observe, SURE } from '../observation.ts';
import { type Route, routesOf } from '../routes.ts';

/** Names of health routes, the most telling first. */
const NAMES = [
  'health',
  'healthz',
  'healthcheck',
  'health-check',
  'health_check',
  '_health',
  '__health',
  'health/live',
  'health/ready',
  'livez',
  'readyz',
  'ready',
  'readiness',
  'live',
  'liveness',
  'alive',
  'heartbeat',
  'ping',
  'status',
  'up',
];
/** Folders of routes that are not part of the application's own vocabulary. */
const PREFIX = /^(?:\/(?:api|v\d{1,2}|internal|system|public|rest|_))*$/;
const FILE_SERVER =
  /\b(?:express\.static|serveStatic|serve-static|sirv|koa-static|@fastify\/static|serve_static|sendFile|SimpleHTTPRequestHandler)\b/g;

/** A route made for health checks, or how the application answers `/`. */
export const detectHealthPath: Detector = async (context) => {
  const { entry } = context;
  const scan = entry.scan.mainProcess;
  const byFile = fileRoute(context);
  if (byFile) return [byFile];
  const routes = routesOf(scan);
  const [health] = routes
    .filter((route) => rankOf(route.path) !== undefined)
    .sort((a, b) => (rankOf(a.path) ?? 0) - (rankOf(b.path) ?? 0));
  if (health) {
    return [
      observe('healthCheckPath', health.path, SURE.clear, scan.evidence(health.hit, `route ${health.path}`)),
    ];
  }
  return rootObservations(context, routes);
};

/** Position in the list of names, the shorter path first; undefined for any other path. */
function rankOf(path: string): number | undefined {
  const index = NAMES.findIndex((name) => path.endsWith(`/${name}`));
  if (index === -1) return undefined;
  const prefix = path.slice(0, -(NAMES[index]?.length ?? 0) - 1);
  const telling = NAMES[index]?.includes('health') ?? false;
  if (!PREFIX.test(prefix) && !(telling && /^[\w/-]{0,60}$/.test(prefix))) return undefined;
  return index * 100 + path.split('/').length;
}

function rootObservations(
  { entry, packageJson }: DetectorContext,
  routes: readonly Route[],
): readonly Observation[] {
  const scan = entry.scan.mainProcess;
  const root = routes.find(({ path }) => path === '/' || path === '/*' || path === '/{*path}');
  if (root) return [observe('healthCheckPath', '/', SURE.clear, scan.evidence(root.hit, 'route /'))];
  const files = scan.first(FILE_SERVER);
  if (files)
    return [
      observe('healthCheckPath', '/', SURE.clear, scan.evidence(files, `serves files: ${files.match[0]}`)),
    ];
  const framework = packageJson?.firstDependency(packagesOf(SERVER_FRAMEWORKS));
  if (framework) return [observe('healthCheckPath', '/', SURE.clear, framework.evidence)];
  if (!scan.complete) return [];
  const [other] = routes;
  const server = scan.first(/\bcreateServer {0,4}\(/g);
  if (!other)
    return server
      ? [observe('healthCheckPath', '/', SURE.clear, scan.evidence(server, 'answers every path alike'))]
      : [];
  const harmless = routes.filter(({ get, path }) => get && isHarmlessRoute(path));
  const [shortest] = harmless.sort((a, b) => a.path.length - b.path.length);
  const chosen = shortest ?? other;
  const note = `no route for / in sight; ${shortest ? 'the shortest that only reads is' : 'there are only such as'} ${chosen.path}`;
  return [observe('healthCheckPath', shortest?.path ?? '/', SURE.guess, scan.evidence(chosen.hit, note))];
}

interface FileRouting {
  readonly packageName: string;
  /** Finds the path below the routes folder, without the file's own ending. */
  readonly file: RegExp;
  readonly prefix: string;
}

const FILE_ROUTING: readonly FileRouting[] = [
  { packageName: 'next', file: /^(?:src\/)?app\/((?:[\w()@.-]{1,60}\/){1,6})route\.[jt]s$/, prefix: '' },
  { packageName: 'next', file: /^(?:src\/)?pages\/api\/([\w/-]{1,100})\.[jt]s$/, prefix: '/api' },
  { packageName: 'nuxt', file: /^server\/api\/([\w/-]{1,100})(?:\.get)?\.[jt]s$/, prefix: '/api' },
  { packageName: 'nuxt', file: /^server\/routes\/([\w/-]{1,100})(?:\.get)?\.[jt]s$/, prefix: '' },
  {
    packageName: '@sveltejs/kit',
    file: /^src\/routes\/((?:[\w()-]{1,60}\/){1,6})\+server\.[jt]s$/,
    prefix: '',
  },
  { packageName: '@remix-run/react', file: /^app\/routes\/([\w.-]{1,100})\.[jt]sx?$/, prefix: '' },
  { packageName: '@react-router/dev', file: /^app\/routes\/([\w.-]{1,100})\.[jt]sx?$/, prefix: '' },
  { packageName: 'astro', file: /^src\/pages\/([\w/-]{1,100})\.[jt]s$/, prefix: '' },
];

/** Frameworks whose routes are files. */
function fileRoute({ packageJson, folder }: DetectorContext): Observation | undefined {
  const routes = FILE_ROUTING.filter(({ packageName }) => packageJson?.dependency(packageName)).flatMap(
    ({ file, prefix }) =>
      folder.files.flatMap((path) => {
        const below = file.exec(path)?.[1];
        const route = below === undefined ? undefined : routePath(prefix, below);
        const rank = route === undefined ? undefined : rankOf(route);
        return route === undefined || rank === undefined ? [] : [{ route, rank, path }];
      }),
  );
  const [best] = routes.sort((a, b) => a.rank - b.rank);
  return (
    best &&
    observe('healthCheckPath', best.route, SURE.clear, folder.evidence(best.path, `route ${best.route}`))
  );
}

/** Groups such as `(public)` are no part of the path; `index` is the folder itself. */
const routePath = (prefix: string, below: string): string =>
  `${prefix}/${below}`
    .replace(/\/\([^/]{0,60}\)/g, '')
    .replace(/\/index$/, '')
    .replace(/\/$/, '');
