import semver from 'semver';
import { HiveMindError } from '../../../domain/errors.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { NpmPackage } from './npm-package.ts';
import { type BringTool, type Tool, ToolNotInstalled } from './tool-installer.ts';
import { assembleToolchain, type Toolchain } from './toolchain.ts';
import { yarnOfLock } from './yarn-lock.ts';

interface PackageManagerChoice extends Pick<BuildRequest, 'packageManager' | 'packageManagerVersion'> {
  /** Where the lock file may lie: the folder of the application, then those above it. */
  readonly folders: readonly string[];
}

/**
 * Node, npm and the package manager of the application.
 * @throws {HiveMindError} ToolMissing
 */
export async function toolchainFor(
  { packageManager, packageManagerVersion, folders }: PackageManagerChoice,
  node: NodeRuntime,
  machineNpm: NpmPackage,
  bring: BringTool,
): Promise<Toolchain> {
  const npm = npmFor(node, machineNpm);
  const packages = [npm ? await brought(npm, bring) : machineNpm];
  if (packageManager === 'pnpm') packages.push(await brought(pnpm(packageManagerVersion), bring));
  if (packageManager === 'yarn')
    packages.push(await brought(await yarn(packageManagerVersion, folders), bring));
  return assembleToolchain(node.executable, packages);
}

/** For a Node that the machine's npm does not run on: the newest npm that does (`engines` of the npm releases). */
function npmFor(node: NodeRuntime, machineNpm: NpmPackage): Tool | undefined {
  if (semver.satisfies(node.version, machineNpm.nodeRange)) return undefined;
  const NPM_BY_NODE = [
    ['^18.17.0 || >=20.5.0', '10'],
    ['^14.17.0 || ^16.13.0 || >=18.0.0', '9'],
    ['^12.13.0 || ^14.15.0 || >=16.0.0', '8'],
  ] as const;
  const range = NPM_BY_NODE.find(([nodes]) => semver.satisfies(node.version, nodes))?.[1] ?? '6';
  return { name: 'npm', packageName: 'npm', range };
}

const pnpm = (version: string | null): Tool => ({
  name: 'pnpm',
  packageName: 'pnpm',
  range: rangeOr(version, '10'),
});

/** Version 1 and the later ones are different programs, and a lock file is refused by releases of another format. */
async function yarn(version: string | null, folders: readonly string[]): Promise<Tool> {
  const asked = rangeOr(version, '*');
  const locked = await yarnOfLock(folders);
  const range = semver.valid(asked) === null && semver.intersects(asked, locked) ? locked : asked;
  return semver.intersects(range, '1')
    ? { name: 'yarn', packageName: 'yarn', range }
    : { name: 'yarn-berry', packageName: '@yarnpkg/cli-dist', range };
}

/** `10.1.0+sha512.abc` is how package.json pins a version. */
function rangeOr(version: string | null, usual: string): string {
  const range = version?.replace(/\+.*$/, '') ?? usual;
  return semver.validRange(range) === null ? usual : range;
}

async function brought(tool: Tool, bring: BringTool): Promise<NpmPackage> {
  try {
    return await bring(tool);
  } catch (error) {
    if (!(error instanceof ToolNotInstalled)) throw error;
    const why = error.noSuchVersion ? 'there is no such version' : 'the npm registry did not deliver it';
    throw new HiveMindError('ToolMissing', `the build needs ${tool.name} ${tool.range}, and ${why}`, {
      hint: 'correct "packageManager" in package.json to a version that exists, and check the connection to the npm registry',
      logTail: error.logTail,
      cause: error,
    });
  }
}
