import { join } from 'node:path';
import type { PackageManager } from '../../../domain/plan.ts';
import { scrubbedEnvironment } from '../process-group.ts';
import type { NpmSettings } from './npm-settings.ts';
import type { Workspace } from './workspace.ts';

/** Names the workspace in the environment of everything a build starts. */
export const BUILD_MARKER = 'HIVEMIND_BUILD';

/** 1980-01-01, the earliest time a zip file can hold (reproducible-builds.org, SOURCE_DATE_EPOCH). */
const SOURCE_DATE_EPOCH = '315532800';

export interface EnvironmentOptions {
  readonly workspace: Workspace;
  readonly settings: NpmSettings;
  readonly packageManager: PackageManager | null;
  /** Of the build alone, over what every build has. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** MiB that JavaScript may use. @default what Node.js takes by itself */
  readonly memoryMegabytes?: number | undefined;
  /** Folder of the application, as a path of the machine. */
  readonly directory: string;
  /** The path under which the build sees a path of the machine. */
  readonly pathInside: (hostPath: string) => string;
}

/** Everything a build finds in its environment: nothing of ours, nothing of the operator's. */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { workspace, settings, packageManager, directory, pathInside } = options;
  const system = scrubbedEnvironment();
  const home = pathInside(workspace.home);
  const cache = pathInside(workspace.cache);
  const programs = [pathInside(workspace.programs), pathInside(join(directory, 'node_modules/.bin'))];
  return {
    ...system,
    ...settings.environment,
    PATH: [...programs, system['PATH']].join(':'),
    HOME: home,
    TMPDIR: pathInside(workspace.temporary),
    CI: '1',
    SOURCE_DATE_EPOCH,
    // Saves npm, which keeps compiled code in the temporary folder otherwise, some 100 ms with every start.
    NODE_COMPILE_CACHE: join(cache, 'node'),
    [BUILD_MARKER]: workspace.name,
    npm_config_cache: join(cache, 'npm'),
    // Nothing of the machine's own configuration.
    npm_config_globalconfig: join(home, '.npmrc-global'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_logs_max: '0',
    npm_config_prefer_offline: 'true',
    npm_config_progress: 'false',
    npm_config_update_notifier: 'false',
    ...(settings.certificates && { NODE_EXTRA_CA_CERTS: pathInside(settings.certificates) }),
    ...(packageManager === 'pnpm' && pnpmVariables(cache)),
    ...(packageManager === 'yarn' && yarnVariables(cache, settings)),
    ...options.variables,
    ...heapVariables(options),
  };
}

/** Package managers give scripts the `node-options` of a project's own .npmrc instead of ours, unless they are told otherwise. */
function heapVariables({ memoryMegabytes, variables = {} }: EnvironmentOptions): Record<string, string> {
  if (memoryMegabytes === undefined) return {};
  const heap = `--max-old-space-size=${memoryMegabytes}`;
  const options = [variables['NODE_OPTIONS'], heap].filter((part) => part !== undefined).join(' ');
  return { NODE_OPTIONS: options, npm_config_node_options: options, pnpm_config_node_options: options };
}

/** Versions before 11 read `npm_config_*`, later ones `pnpm_config_*`. Copies, because a hard link could change the cache. */
function pnpmVariables(cache: string): Record<string, string> {
  const settings = {
    cache_dir: join(cache, 'pnpm'),
    store_dir: join(cache, 'pnpm-store'),
    package_import_method: 'clone-or-copy',
    manage_package_manager_versions: 'false',
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => [
    [`npm_config_${name}`, value],
    [`pnpm_config_${name}`, value],
  ]);
  return Object.fromEntries(pairs);
}

/** Yarn 1 keeps to the first one, later versions to the others. */
const yarnVariables = (cache: string, { registry }: NpmSettings): Record<string, string> => ({
  YARN_CACHE_FOLDER: join(cache, 'yarn'),
  YARN_GLOBAL_FOLDER: join(cache, 'yarn-berry'),
  YARN_ENABLE_GLOBAL_CACHE: 'true',
  YARN_ENABLE_PROGRESS_BARS: 'false',
  YARN_ENABLE_TELEMETRY: 'false',
  // The other linker leaves packages in zip files in the cache, outside of the artifact.
  YARN_NODE_LINKER: 'node-modules',
  ...(registry && { YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, '') }),
});
