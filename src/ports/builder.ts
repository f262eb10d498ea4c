import type { Command, PackageManager, RuntimeName } from '../domain/plan.ts';
import type { ArtifactManifest } from './artifact-store.ts';
import type { ResolvedSource } from './source-repository.ts';

export interface BuildRequest {
  /** Starting the same token twice is one build. */
  readonly token: string;
  readonly deploymentId: string;
  readonly source: ResolvedSource;
  readonly root: string;
  readonly runtime: RuntimeName;
  readonly runtimeVersion: string | null;
  readonly packageManager: PackageManager | null;
  readonly packageManagerVersion: string | null;
  readonly install: Command | null;
  readonly build: Command | null;
  /** What the commands find in their environment besides what every build does; no secrets. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Memory that JavaScript may use, in MiB. @default what Node.js takes by itself */
  readonly memoryMegabytes?: number | undefined;
  /** Becomes part of the manifest. */
  readonly environmentNames: readonly string[];
  /** Whether the artifact has to bring npm along, where the instances that run it have none of their own. */
  readonly needsNpm: boolean;
  /** Folder that the build must have produced, for a static site. */
  readonly outputDirectory: string | null;
}

export type BuildState =
  | { readonly status: 'RUNNING' }
  | {
      readonly status: 'SUCCEEDED';
      readonly artifact: ArtifactManifest;
      readonly warnings: readonly string[];
    };

/** Turns a commit into an artifact, isolated from the control plane. */
export interface Builder {
  /**
   * Starts the build, or joins the one with the same token, and waits for its end up to `patienceSeconds`.
   * Its output streams to Telemetry as source `build`. Aborting `signal` ends the build and removes its workspace.
   * @throws {HiveMindError} InstallFailed, BuildFailed, BuildTimedOut, BuildOutputMissing, RuntimeNotAvailable, ToolMissing,
   *   DiskFull, UnsafeRepository, SourceNotFound, QuotaExceeded, Cancelled
   */
  build(
    request: BuildRequest,
    options: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<BuildState>;
  /**
   * Ends the build with this token that nobody waits for any more; does nothing when none runs. Whoever waits for it all the same
   * hears `Cancelled`, and whoever asks for the token later gets a new build.
   */
  stop(token: string): Promise<void>;
  /** Removes what is kept between the builds of a stored source; does nothing when there is nothing. */
  forget(repository: string): Promise<void>;
  /** How builds are kept apart from the machine: the Sheriff reports it. */
  isolation(): Promise<{ readonly sandboxed: boolean; readonly how: string }>;
}
