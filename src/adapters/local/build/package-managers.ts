import semver from 'semver';
import { HiveMindError } from '../../../domain/errors.ts';
import type { Command } from '../../../domain/plan.ts';
import { commandText } from '../../../domain/wording.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import type { Machine } from './machine.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { NpmPackage } from './npm-package.ts';
import { type Tool, type ToolInstaller, ToolNotInstalled } from './tool-installer.ts';
import { assembleToolchain, type Toolchain } from './toolchain.ts';

export type PackageManagerChoice = Pick<BuildRequest, 'packageManager' | 'packageManagerVersion' | 'install'>;

/**
 * Node, npm and the package manager of the application.
 * @throws {HiveMindError} ToolMissing
 */
export async function toolchainFor(
  { packageManager, packageManagerVersion, install: command }: PackageManagerChoice,
  node: NodeRuntime,
  machine: Machine,
  installer: ToolInstaller,
  signal: AbortSignal,
): Promise<Toolchain> {
  const install = (tool: Tool) => installedTool(tool, installer, signal);
  const packages = [await npmFor(node, await machine.npm(), install)];
  if (packageManager === 'pnpm') packages.push(await install(pnpm(packageManagerVersion)));
  if (packageManager === 'yarn') packages.push(await install(yarn(packageManagerVersion, command)));
  return assembleToolchain(node.executable, packages);
}

/** The machine's npm, or for an old Node the newest npm that still runs on it (`engines` of the npm releases). */
async function npmFor(
  node: NodeRuntime,
  machineNpm: NpmPackage,
  install: (tool: Tool) => Promise<NpmPackage>,
): Promise<NpmPackage> {
  if (semver.satisfies(node.version, machineNpm.nodeRange)) return machineNpm;
  const NPM_BY_NODE = [
    ['^18.17.0 || >=20.5.0', '10'],
    ['^14.17.0 || ^16.13.0 || >=18.0.0', '9'],
    ['^12.13.0 || ^14.15.0 || >=16.0.0', '8'],
  ] as const;
  const range = NPM_BY_NODE.find(([nodes]) => semver.satisfies(node.version, nodes))?.[1] ?? '6';
  return install({ name: 'npm', packageName: 'npm', range });
}

const pnpm = (version: string | null): Tool => ({
  name: 'pnpm',
  packageName: 'pnpm',
  range: rangeOr(version, '10'),
});

/** Version 1 and the later ones are different programs; only the later ones know `--immutable`. */
function yarn(version: string | null, install: Command | null): Tool {
  const range = rangeOr(version, install && commandText(install).includes('--immutable') ? '4' : '1');
  return semver.intersects(range, '1')
    ? { name: 'yarn', packageName: 'yarn', range }
    : { name: 'yarn-berry', packageName: '@yarnpkg/cli-dist', range };
}

/** `10.1.0+sha512.abc` is how package.json pins a version. */
function rangeOr(version: string | null, usual: string): string {
  const range = version?.replace(/\+.*$/, '') ?? usual;
  return semver.validRange(range) === null ? usual : range;
}

async function installedTool(tool: Tool, installer: ToolInstaller, signal: AbortSignal): Promise<NpmPackage> {
  try {
    return await installer.install(tool, signal);
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
