import { asHiveMindError, HiveMindError } from '../../../domain/errors.ts';
import { secondsText } from '../../../domain/wording.ts';
import type { ArtifactManifest, ArtifactStore } from '../../../ports/artifact-store.ts';
import type { BuildRequest } from '../../../ports/builder.ts';
import type { SourceRepository } from '../../../ports/source-repository.ts';
import { removeFolder } from '../artifact/remove-folder.ts';
import { applicationFolder, requireOutput } from './application-folder.ts';
import type { BuildOutput } from './build-output.ts';
import { removeBuildRecords } from './build-records.ts';
import { runSteps } from './build-steps.ts';
import type { Machine } from './machine.ts';
import { type NodeRuntime, nodeRuntime } from './node-runtime.ts';
import { toolchainFor } from './package-managers.ts';
import { pythonVersion } from './python-runtime.ts';
import { Room } from './room.ts';
import type { BringTool, ToolInstaller } from './tool-installer.ts';
import { cacheFolder, createWorkspace, type Workspace } from './workspace.ts';

export interface BuildContext {
  readonly sources: Pick<SourceRepository, 'checkout'>;
  readonly artifacts: Pick<ArtifactStore, 'put'>;
  readonly machine: Machine;
  readonly installer: ToolInstaller;
  readonly output: BuildOutput;
  readonly signal: AbortSignal;
}

export interface FinishedBuild {
  readonly artifact: ArtifactManifest;
  readonly warnings: readonly string[];
}

/** Why a build is aborted that takes too long. */
export class BuildTimeout extends Error {
  constructor(seconds: number) {
    super(`the build did not end within ${secondsText(seconds)}`);
  }
}

/**
 * One build from checkout to artifact, in a workspace that is gone afterwards.
 * @throws {HiveMindError}
 */
export async function runBuild(request: BuildRequest, context: BuildContext): Promise<FinishedBuild> {
  try {
    return await inWorkspace(request, context);
  } catch (error) {
    throw context.signal.aborted ? endedEarly(context) : asHiveMindError(error);
  }
}

async function inWorkspace(request: BuildRequest, context: BuildContext): Promise<FinishedBuild> {
  const { home } = context.machine;
  const workspace = await createWorkspace(home, request.token, cacheFolder(home, request.source.repository));
  try {
    return await buildIn(workspace, request, context);
  } catch (error) {
    if (context.output.hasDamagedPackages) await removeFolder(workspace.cache);
    throw error;
  } finally {
    await removeFolder(workspace.folder);
  }
}

async function buildIn(
  workspace: Workspace,
  request: BuildRequest,
  context: BuildContext,
): Promise<FinishedBuild> {
  const { sources, artifacts, signal } = context;
  const { source, root, runtime, runtimeVersion: range, environmentNames, outputDirectory } = request;
  await sources.checkout(source, workspace.app, signal);
  const directory = await applicationFolder(workspace.app, root);
  const node = await nodeRuntime(runtime === 'python' ? null : range, bringer(context));
  const runtimeVersion = runtime === 'python' ? await pythonVersion(range) : node.version;
  const warnings = await runCommands(workspace, directory, node, request, context);
  if (outputDirectory !== null) await requireOutput(directory, outputDirectory);
  for (const folder of new Set([workspace.app, directory])) await removeBuildRecords(folder);
  signal.throwIfAborted();
  const { commit, tree } = source;
  const facts = { commit, tree, root, runtime, runtimeVersion, environmentNames };
  return { artifact: await artifacts.put(workspace.app, facts), warnings };
}

const bringer =
  ({ installer, output, signal }: BuildContext): BringTool =>
  (tool) =>
    installer.install(tool, signal, () =>
      output.begin('prepare', `fetching ${tool.name} ${tool.range} from the npm registry`),
    );

/** Returns warnings for the operator. */
async function runCommands(
  workspace: Workspace,
  directory: string,
  node: NodeRuntime,
  request: BuildRequest,
  context: BuildContext,
): Promise<readonly string[]> {
  if (request.install === null && request.build === null) return [];
  const { machine, output, signal } = context;
  const isolation = await machine.isolation();
  const choice = { ...request, folders: [directory, workspace.app] };
  const room = await Room.open({
    home: machine.home,
    workspace,
    isolation,
    toolchain: await toolchainFor(choice, node, await machine.npm(), bringer(context)),
    settings: await machine.npmSettings(),
    packageManager: request.packageManager,
    variables: request.variables,
    memoryMegabytes: request.memoryMegabytes,
  });
  await runSteps(request, { room, directory, output, signal });
  return isolation.sandboxed ? [] : [`the build could read files of this machine (${isolation.how})`];
}

/** Of a build that was aborted, by a time-out or by its caller. */
function endedEarly({ signal, output }: BuildContext): HiveMindError {
  const logTail = output.tail;
  if (signal.reason instanceof BuildTimeout) {
    return new HiveMindError('BuildTimedOut', `${signal.reason.message}${output.cause}`, {
      hint: 'look at its last log lines for what it waits for; a build must not ask questions or start a server',
      logTail,
    });
  }
  return new HiveMindError('Cancelled', 'the build was cancelled', {
    hint: 'deploy again to build it',
    logTail,
  });
}
