import { type Entry, findEntry } from './entry.ts';
import { Folder, type Repository } from './folder.ts';
import { usableStart } from './next-config.ts';
import type { Observation } from './observation.ts';
import { type PackageJson, readPackageJson } from './package-json.ts';
import { type Toolchain, toolchainOf } from './package-manager.ts';
import { type ProcfileEntry, readProcfile } from './procfile.ts';
import type { NodePackage } from './start-command.ts';
import { type StartScript, startScriptOf } from './start-script.ts';
import { linkedPackages, workspaceOf } from './workspace.ts';

/** What every detector may look at: the application's folder and what has been read of it. */
export interface DetectorContext {
  readonly folder: Folder;
  readonly packageJson: PackageJson | undefined;
  readonly toolchain: Toolchain;
  /** Both of the above, when there is a package.json. */
  readonly node: NodePackage | undefined;
  /** The workspace that the application is a member of. */
  readonly workspace: PackageJson | undefined;
  /** The application's package and those of the same repository that it depends on. */
  readonly packages: readonly PackageJson[];
  readonly procfile: readonly ProcfileEntry[];
  readonly start: StartScript | undefined;
  readonly entry: Entry;
  /** Names of the variables that the operator gives. */
  readonly environmentNames: ReadonlySet<string>;
}

/** Whether a command of the application itself starts a server: then no build tool does. */
export const namesServer = ({ start, procfile }: DetectorContext): boolean =>
  start?.kind === 'server' || procfile.some((process) => process.name === 'web');

/** Reads one kind of sign. Pure: same files, same observations. */
export type Detector = (context: DetectorContext) => Promise<readonly Observation[]>;

/** @throws {HiveMindError} UnsupportedApplication: package.json cannot be read */
export async function contextFor(
  repository: Repository,
  root: string,
  environmentNames: readonly string[],
): Promise<DetectorContext> {
  const folder = new Folder(repository, root);
  const [packageJson, procfile] = await Promise.all([readPackageJson(folder), readProcfile(folder)]);
  const workspace = packageJson && (await workspaceOf(packageJson));
  const manifests = [packageJson, workspace].filter((manifest) => manifest !== undefined);
  const toolchain = await toolchainOf([folder, ...(workspace ? [workspace.folder] : [])], manifests);
  const linked = packageJson && workspace ? await linkedPackages(packageJson, workspace) : [];
  const start = await usableStart(packageJson && startScriptOf(packageJson), folder);
  const linkedNames = new Set(linked.flatMap((manifest) => manifest.name ?? []));
  return {
    folder,
    packageJson,
    toolchain,
    node: packageJson && { packageJson, toolchain },
    workspace,
    packages: packageJson ? [packageJson, ...linked] : [],
    procfile,
    start,
    entry: await findEntry({ folder, packageJson, procfile, start, linked: linkedNames }),
    environmentNames: new Set(environmentNames),
  };
}
