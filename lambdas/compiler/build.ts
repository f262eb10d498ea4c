import type { DeploySettings, ReleaseExecution } from '../../src/domain/execution.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { BuildRequest } from '../../src/ports/builder.ts';
import { buildToken } from '../../src/stages/build-token.ts';
import { analysedOutput, type Built, builtOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { needsNpm } from './npm-commands.ts';
import type { CompilerPorts } from './ports.ts';

export async function build(
  ports: CompilerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { plan, source } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const recipe = recipeOf(plan, execution.settings);
  const result = await runStage<Built>(ports, execution, call, {
    stage: 'build',
    inputs: async () => ({ tree: source.tree, ...recipe, environmentNames: [...recipe.environmentNames] }),
    output: builtOutput,
    stillTrue: async ({ artifact }) => (await ports.artifacts.find(artifact)) !== undefined,
    run: async (digest) => {
      const { deploymentId } = execution;
      const request = { token: buildToken(deploymentId, digest), deploymentId, source, ...recipe };
      const state = await ports.builder.build(request, call);
      if (state.status === 'RUNNING') return { finished: false };
      const { id, files, bytes, runtimeVersion } = state.artifact;
      const output = { artifact: id, files, bytes, runtimeVersion };
      return { finished: true, output, summary: `${id.slice(0, 19)}, ${files} files, ${megabytes(bytes)}` };
    },
  });
  return { finished: result.finished };
}

/** What of a plan and its settings a build depends on: nothing else may cause a new one. */
function recipeOf(
  plan: Plan,
  { variables, plan: wishes }: DeploySettings,
): Omit<BuildRequest, 'token' | 'deploymentId' | 'source'> {
  const served = plan.processes.value.find(({ command }) => command.kind === 'serve')?.command;
  return {
    root: plan.root.value,
    runtime: plan.runtime.value,
    runtimeVersion: plan.runtimeVersion.value,
    packageManager: plan.packageManager.value,
    packageManagerVersion: plan.packageManagerVersion.value,
    install: plan.install.value,
    build: plan.build.value,
    ...(variables && { variables }),
    ...(wishes?.buildMemory && { memoryMegabytes: Number(wishes.buildMemory) }),
    environmentNames: plan.environment.value.map(({ name }) => name),
    needsNpm: needsNpm(plan),
    outputDirectory: served?.kind === 'serve' ? served.directory : null,
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
