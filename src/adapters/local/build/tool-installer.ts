import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import { systemErrorCode } from '../../../domain/errors.ts';
import { logText } from '../../../domain/plain-text.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import type { Home } from '../home.ts';
import type { Machine } from './machine.ts';
import { type NpmPackage, readNpmPackage } from './npm-package.ts';
import { Room } from './room.ts';
import { assembleToolchain } from './toolchain.ts';
import { cacheFolder, createWorkspace, type Workspace } from './workspace.ts';

/** A runtime or package manager that npm delivers. */
export interface Tool {
  /** First part of its folder's name, one for each package. */
  readonly name: string;
  readonly packageName: string;
  /** A semver range. */
  readonly range: string;
}

/** The tool, fetched when it is not there yet. @throws {ToolNotInstalled} */
export type BringTool = (tool: Tool) => Promise<NpmPackage>;

/** npm did not deliver the tool. */
export class ToolNotInstalled extends Error {
  readonly noSuchVersion: boolean;
  readonly logTail: readonly string[];

  constructor(tool: Tool, lines: readonly string[]) {
    super(`npm could not install ${tool.packageName}@${tool.range}`);
    this.noSuchVersion = lines.some((line) => /ETARGET|E404|No matching version/.test(line));
    this.logTail = lines.slice(-20);
  }
}

/** A runtime is some 40 MB to fetch. */
const INSTALL_TIMEOUT_MILLISECONDS = 300_000;

/** Where a tool's package lies once it is installed. */
export const toolFolder = (home: Home, { name, packageName }: Tool, version: string): string =>
  home.folder('runtimes', `${name}-${version}`, 'node_modules', packageName);

/** Brings runtimes and package managers into `runtimes`, once each, for all applications. */
export class ToolInstaller {
  readonly #machine: Machine;
  readonly #running = new Map<string, Promise<NpmPackage>>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /**
   * The newest installed version in the range, else the newest there is. Others may wait for the same tool, so an aborted
   * signal ends the waiting only.
   * @throws {ToolNotInstalled}
   */
  async install(tool: Tool, signal: AbortSignal, onFetch: () => void): Promise<NpmPackage> {
    const version = semver.maxSatisfying(await this.#installedVersions(tool), tool.range);
    if (version !== null) return readNpmPackage(toolFolder(this.#machine.home, tool, version));
    onFetch();
    const key = keyOf(tool);
    const running = this.#running.get(key) ?? this.#fetch(tool).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return unlessAborted(running, signal);
  }

  async #installedVersions({ name }: Tool): Promise<readonly string[]> {
    const folders = await readdir(this.#machine.home.folder('runtimes'));
    return folders
      .filter((folder) => folder.startsWith(`${name}-`))
      .map((folder) => folder.slice(name.length + 1));
  }

  async #fetch(tool: Tool): Promise<NpmPackage> {
    const { home } = this.#machine;
    const workspace = await createWorkspace(home, keyOf(tool), cacheFolder(home, 'tools'));
    try {
      await mkdir(workspace.app);
      await this.#npmInstall(tool, workspace);
      const { version } = await readNpmPackage(join(workspace.app, 'node_modules', tool.packageName));
      await moveUnlessThere(workspace.app, home.folder('runtimes', `${tool.name}-${version}`));
      return await readNpmPackage(toolFolder(home, tool, version));
    } finally {
      await removeFolder(workspace.folder);
    }
  }

  async #npmInstall(tool: Tool, workspace: Workspace): Promise<void> {
    const { home, isolation, npm, npmSettings } = this.#machine;
    const toolchain = assembleToolchain(process.execPath, [await npm()]);
    const room = await Room.open({
      home,
      workspace,
      toolchain,
      isolation: await isolation(),
      settings: await npmSettings(),
      packageManager: 'npm',
    });
    const lines: string[] = [];
    const exit = await room.run({
      argv: [
        'npm',
        'install',
        '--prefix',
        '.',
        '--no-save',
        '--no-package-lock',
        `${tool.packageName}@${tool.range}`,
      ],
      directory: workspace.app,
      onLine: (line) => lines.push(logText(line)),
      signal: AbortSignal.timeout(INSTALL_TIMEOUT_MILLISECONDS),
    });
    if (exit.code !== 0) throw new ToolNotInstalled(tool, lines);
  }
}

const keyOf = ({ name, range }: Tool): string => `${name}@${range}`;

/** Another server process may have brought the same version meanwhile. */
async function moveUnlessThere(source: string, target: string): Promise<void> {
  try {
    await rename(source, target);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
