import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Builder, BuildRequest, BuildState } from '../../ports/builder.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SourceRepository } from '../../ports/source-repository.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { removeFolder } from './artifact/remove-folder.ts';
import { BuildTimeout, type FinishedBuild, runBuild } from './build/build-job.ts';
import { BuildOutput } from './build/build-output.ts';
import { localMachine, type Machine, type MachineOptions } from './build/machine.ts';
import { ToolInstaller } from './build/tool-installer.ts';
import { cacheFolder } from './build/workspace.ts';

export { packageManagerDirectories, runtimeDirectory } from './build/program-directories.ts';
export { removeStaleWorkspaces } from './build/workspace.ts';

export interface LocalBuilderOptions extends MachineOptions {
  readonly sources: Pick<SourceRepository, 'checkout'>;
  readonly artifacts: Pick<ArtifactStore, 'put'>;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly clock: Clock;
  /** @default 900 */
  readonly timeoutSeconds?: number;
}

/** Builds in workspaces of this machine, in a bubblewrap sandbox where there is one. */
export const localBuilder = (options: LocalBuilderOptions): Builder => new LocalBuilder(options);

/** How long a result that nobody waits for is kept: the next look comes within seconds, or never. */
const RETENTION_MILLISECONDS = 600_000;

interface RunningBuild {
  /** Never rejects. */
  readonly outcome: Promise<PromiseSettledResult<FinishedBuild>>;
  readonly cancel: () => void;
  /** Aborted when the outcome is there. */
  readonly ended: AbortSignal;
}

class LocalBuilder implements Builder {
  readonly #options: LocalBuilderOptions;
  readonly #machine: Machine;
  readonly #installer: ToolInstaller;
  readonly #builds = new Map<string, RunningBuild>();

  constructor(options: LocalBuilderOptions) {
    this.#options = options;
    this.#machine = localMachine(options);
    this.#installer = new ToolInstaller(this.#machine);
  }

  async build(
    request: BuildRequest,
    { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal?: AbortSignal },
  ): Promise<BuildState> {
    const build = this.#builds.get(request.token) ?? this.#start(request);
    // Stays after this call: a workflow may be cancelled between two looks at its build.
    signal?.addEventListener('abort', build.cancel, { once: true, signal: build.ended });
    if (signal?.aborted) build.cancel();
    if (!build.ended.aborted) await this.#options.clock.sleep(patienceSeconds * 1_000, build.ended);
    if (!build.ended.aborted) return { status: 'RUNNING' };
    const outcome = await build.outcome;
    this.#forget(request.token, build);
    if (outcome.status === 'rejected') throw outcome.reason;
    return { status: 'SUCCEEDED', ...outcome.value };
  }

  async stop(token: string): Promise<void> {
    this.#builds.get(token)?.cancel();
  }

  async forget(repository: string): Promise<void> {
    await removeFolder(cacheFolder(this.#options.home, repository));
  }

  async isolation(): Promise<{ readonly sandboxed: boolean; readonly how: string }> {
    const { sandboxed, how } = await this.#machine.isolation();
    return { sandboxed, how };
  }

  #start(request: BuildRequest): RunningBuild {
    const { sources, artifacts, timeoutSeconds = 900 } = this.#options;
    const stopping = new AbortController();
    const ending = new AbortController();
    const timer = setTimeout(() => stopping.abort(new BuildTimeout(timeoutSeconds)), timeoutSeconds * 1_000);
    timer.unref();
    const finished = runBuild(request, {
      sources,
      artifacts,
      machine: this.#machine,
      installer: this.#installer,
      output: new BuildOutput((step, text) => this.#log(request, step, text)),
      signal: stopping.signal,
    }).finally(() => {
      clearTimeout(timer);
      ending.abort();
    });
    const build: RunningBuild = {
      outcome: Promise.allSettled([finished]).then(([outcome]) => outcome),
      cancel: () => stopping.abort(),
      ended: ending.signal,
    };
    this.#builds.set(request.token, build);
    ending.signal.addEventListener('abort', () => this.#forgetLater(request.token, build), { once: true });
    return build;
  }

  #log({ deploymentId }: BuildRequest, name: string, text: string): void {
    const { telemetry, clock } = this.#options;
    telemetry.log(deploymentId, { time: clock.now(), source: 'build', name, text });
  }

  #forgetLater(token: string, build: RunningBuild): void {
    setTimeout(() => this.#forget(token, build), RETENTION_MILLISECONDS).unref();
  }

  /** A result is handed out to all who wait for it; whoever asks later asks for a new build. */
  #forget(token: string, build: RunningBuild): void {
    if (this.#builds.get(token) === build) this.#builds.delete(token);
  }
}
