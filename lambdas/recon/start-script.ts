import { plainArguments, simpleCommands, withoutProductionPrefix } from './command-line.ts';
import type { PackageJson } from './package-json.ts';

/**
 * What a start script does: `server` runs the application; `development` runs a build tool's own server; `file-server` serves a
 * folder; `runner` starts scripts of other packages; `foreign` needs a language or platform that HiveMind does not run.
 */
export type StartKind = 'server' | 'development' | 'file-server' | 'runner' | 'foreign';

export interface StartScript {
  readonly kind: StartKind;
  /** Name of the script in package.json. */
  readonly name: string;
  /** What finally runs, `npm run other` followed. */
  readonly line: string;
  /** Scripts named `pre...` or `post...` belong to it, so that the package manager has to run it. */
  readonly hooked: boolean;
  /** For `foreign`: the platform. */
  readonly platform: string | undefined;
}

const NAMES = [
  'start',
  'start:prod',
  'start:production',
  'production',
  'prod',
  'serve:prod',
  'serve',
  'server',
  'worker',
  'bot',
];

const DEVELOPMENT: readonly RegExp[] = [
  /^(?:vite|rsbuild|farm)(?:$| (?:dev|serve|preview|-))/,
  /^(?:react-scripts|react-app-rewired|craco|docusaurus|gatsby|umi) (?:start|develop|serve|dev)\b/,
  /^vue-cli-service serve\b/,
  /^ng (?:s|serve|start|dev)\b/,
  /^(?:astro|remix|react-router|svelte-kit|next|nuxt|nuxi|snowpack|vitepress|vuepress|slidev|storybook)(?:$| (?:dev|preview|vite:dev)\b)/,
  /^astro start\b/,
  /^(?:eleventy|webpack|rollup|hexo|ember|preact|slidev|gulp) (?:.{0,200} )?(?:--serve|--watch|-w|-c -w|serve|server|s|watch|dev)\b/,
  /^(?:webpack-dev-server|start-storybook)\b/,
  /^parcel(?! build\b)/,
  /^nest start\b/,
];
/** Restarts the application when a file changes, or leaves it to a daemon. */
const WATCHED =
  /(?:^|[ /])(?:nodemon|ts-node-dev|tsnd|node-dev|supervisor)\b|--watch\b|\btsx watch\b|\b(?:pm2|forever) start\b/;
const FILE_SERVER =
  /^(?:serve|http-server|sirv|live-server|lite-server|light-server|static-server|browser-sync)\b/;
const RUNNER =
  /^(?:(?:turbo|nx|lerna|rush|wsrun|manypkg)\b|(?:npm|pnpm|yarn) (?:.{0,200} )?(?:-w|-ws|--workspaces?(?:=\S{1,100})?|-r|-F|--recursive|--filter(?:=\S{1,100})?|workspaces?|--prefix(?:=\S{1,100})?|-C|--cwd|--dir)(?: |$))/;

const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/^bunx?\b/, 'a Bun application'],
  [/^deno\b/, 'a Deno application'],
  [/^(?:electron|electron-forge|electron-vite|tauri)\b/, 'a desktop application'],
  [/^(?:expo|react-native|ionic|cordova)\b/, 'a mobile application'],
  [
    /^(?:wrangler|vercel|netlify|firebase|functions-framework|serverless|sls|sam|func)\b/,
    'a serverless function',
  ],
  [/^(?:docker|docker-compose|podman)\b/, 'a container image'],
  [/^go\b/, 'a Go application'],
  [/^(?:bundle|ruby|rails|puma|rackup)\b/, 'a Ruby application'],
  [/^(?:php|composer|artisan)\b/, 'a PHP application'],
  [/^(?:java|mvn|mvnw|\.\/mvnw|gradle|gradlew|\.\/gradlew)\b/, 'a Java application'],
  [/^cargo\b/, 'a Rust application'],
  [/^dotnet\b/, 'a .NET application'],
  [/^(?:mix|elixir|iex)\b/, 'an Elixir application'],
  [
    /^(?:gunicorn|uvicorn|daphne|hypercorn|waitress-serve|celery|flask|django-admin|streamlit|poetry|pipenv|uv)\b/,
    'a Python application with third-party packages',
  ],
  [/^meteor\b/, 'a Meteor application'],
];

/** The script that starts the application in production, or the one that comes nearest. */
export function startScriptOf(packageJson: PackageJson): StartScript | undefined {
  const scripts = NAMES.flatMap((name) => {
    const script = resolveScript(packageJson, name);
    return script ? [script] : [];
  });
  const [first] = scripts;
  if (first?.name === 'start' && first.kind !== 'development' && !WATCHED.test(first.line)) return first;
  return scripts.find((script) => script.kind === 'server' && isMeantForProduction(script, first)) ?? first;
}

/** A script with `npm run other` followed; undefined when there is none. */
export function resolveScript(packageJson: PackageJson, name: string): StartScript | undefined {
  const MAXIMUM_HOPS = 5;
  let hooked = false;
  let current = name;
  for (let hop = 0; hop < MAXIMUM_HOPS; hop += 1) {
    const script = packageJson.script(current);
    if (script === undefined) return undefined;
    hooked ||= [`pre${current}`, `post${current}`].some((hook) => packageJson.script(hook) !== undefined);
    const line = withoutBuildStep(withoutProductionPrefix(script), packageJson);
    const next = delegate(line);
    if (next === undefined || packageJson.script(next) === undefined)
      return { name, line, hooked, ...classify(line) };
    current = next;
  }
  return undefined;
}

/** What a command line is for, judged by its last command. */
export function classify(line: string): Pick<StartScript, 'kind' | 'platform'> {
  const text = (simpleCommands(line).at(-1)?.join(' ') ?? '').slice(0, 400).replace(/^@[\w-]{1,60}\//, '');
  const platform = PLATFORMS.find(([pattern]) => pattern.test(text))?.[1];
  if (platform !== undefined) return { kind: 'foreign', platform };
  if (DEVELOPMENT.some((pattern) => pattern.test(text))) return { kind: 'development', platform };
  if (FILE_SERVER.test(text)) return { kind: 'file-server', platform };
  return { kind: RUNNER.test(text) ? 'runner' : 'server', platform };
}

/** The script that `npm run other`, `npm start`, `yarn other` or `pnpm other` runs; undefined for any other line. */
export function delegate(line: string): string | undefined {
  const [program, first, second, ...more] = plainArguments(line) ?? [];
  if (program !== 'npm' && program !== 'yarn' && program !== 'pnpm') return undefined;
  if (more.length > 0 || first === undefined) return undefined;
  if (first === 'run' || first === 'run-script') return second;
  if (second !== undefined) return undefined;
  return program !== 'npm' || ['start', 'test', 'stop', 'restart'].includes(first) ? first : undefined;
}

/** `npm run build && node server.js` without its first part: the build has happened by then. */
function withoutBuildStep(line: string, packageJson: PackageJson): string {
  const [, step, rest] = /^((?:npm|yarn|pnpm) (?:run )?build) *&& *([^&|;].*)$/.exec(line) ?? [];
  return step !== undefined && rest !== undefined && packageJson.script('build') !== undefined
    ? rest.trim()
    : line;
}

/** Beside a development server, `serve` and `server` are often development tools themselves. */
function isMeantForProduction(script: StartScript, first: StartScript | undefined): boolean {
  return first?.name !== 'start' || /prod/.test(script.name);
}
