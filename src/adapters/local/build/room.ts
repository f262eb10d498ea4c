import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageManager } from '../../../domain/plan.ts';
import type { Home } from '../home.ts';
import { endProcesses, findMarked } from '../orphan-processes.ts';
import { type Exit, ProcessGroup } from '../process-group.ts';
import { readProcessTable } from '../process-inspection.ts';
import { BUILD_MARKER, buildEnvironment } from './environment.ts';
import type { NpmSettings } from './npm-settings.ts';
import type { Isolation, Mount } from './sandbox.ts';
import type { Toolchain } from './toolchain.ts';
import type { Workspace } from './workspace.ts';

/** Time between SIGTERM and SIGKILL for a build that is ended; only one without a sandbox hears the first. */
const STOP_GRACE_MILLISECONDS = 2_000;

export interface RoomOptions {
  readonly home: Home;
  readonly isolation: Isolation;
  readonly workspace: Workspace;
  readonly toolchain: Toolchain;
  readonly settings: NpmSettings;
  readonly packageManager: PackageManager | null;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly memoryMegabytes?: number | undefined;
}

export interface RoomCommand {
  readonly argv: readonly string[];
  /** A folder of the checkout, as a path of the machine. */
  readonly directory: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A workspace equipped with a toolchain, in which untrusted commands run one after the other. */
export class Room {
  readonly #options: RoomOptions;
  readonly #mounts: readonly Mount[];

  private constructor(options: RoomOptions) {
    const { workspace, toolchain, settings } = options;
    const certificates = settings.certificates;
    this.#options = options;
    this.#mounts = [
      ...workspace.mounts,
      ...toolchain.mounts,
      ...(certificates ? [{ host: certificates, inside: '/opt/hivemind/certificates.pem' }] : []),
    ];
  }

  static async open(options: RoomOptions): Promise<Room> {
    const { workspace, toolchain, settings } = options;
    const room = new Room(options);
    await writeFile(join(workspace.home, '.npmrc'), settings.npmrc);
    for (const [name, program] of Object.entries(toolchain.programs)) {
      await symlink(room.#pathInside(program), join(workspace.programs, name));
    }
    return room;
  }

  /**
   * Resolves when the command and all that it started are gone; an aborted signal ends them.
   * @throws {HiveMindError} ToolMissing
   */
  async run({ argv, directory, variables, onLine, signal }: RoomCommand): Promise<Exit> {
    const { home, isolation, workspace } = this.#options;
    const group = await ProcessGroup.start({
      home,
      argv: isolation.commandLine(argv, this.#mounts, directory),
      directory,
      environment: { ...this.#environment(directory), ...variables },
      onLine,
      ...(isolation.user && { user: isolation.user }),
    });
    const exit = await Promise.race([group.exited, stoppedOnAbort(group, signal)]);
    await group.stop(0);
    // A sandbox that ends by itself leaves nothing; one that is killed needs a moment.
    if (!isolation.sandboxed || signal.aborted) await endMarkedProcesses(workspace.name);
    return exit;
  }

  #environment(directory: string): Record<string, string> {
    const pathInside = (path: string): string => this.#pathInside(path);
    return buildEnvironment({ ...this.#options, directory, pathInside });
  }

  #pathInside(path: string): string {
    return this.#options.isolation.pathInside(this.#mounts, path);
  }
}

/** Settles only when the signal aborts before the group has ended. */
function stoppedOnAbort(group: ProcessGroup, signal: AbortSignal): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void group.stop(STOP_GRACE_MILLISECONDS).then(resolve, reject);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    void group.exited.then(() => signal.removeEventListener('abort', stop));
  });
}

/** Ends what left its process group for a session of its own. Does nothing on systems without `/proc`. */
const endMarkedProcesses = (workspaceName: string): Promise<void> =>
  endProcesses(async () => {
    const marked = await findMarked({ [BUILD_MARKER]: workspaceName });
    return marked.size === 0 ? [] : (await readProcessTable()).filter(({ pid }) => marked.has(pid));
  });
