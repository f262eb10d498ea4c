import type { Plan } from '../../src/domain/plan.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { Builder, BuildRequest } from '../../src/ports/builder.ts';
import { analysedOutput, type Built, builtOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type Agent,
  openDeployExecution,
  requireOutput,
  type StagePorts,
} from '../../src/stages/stage-context.ts';
import { parseEvent } from '../../src/stages/task-event.ts';
import { compilerEvent } from './schema.ts';

export interface CompilerPorts extends StagePorts {
  readonly builder: Pick<Builder, 'build'>;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
}

/** DevOps: builds one immutable artifact from a clean checkout. */
export const compiler =
  (ports: CompilerPorts): Agent =>
  async (event, call) => {
    const { executionId } = parseEvent(compilerEvent, event);
    const execution = await openDeployExecution(ports.store, executionId);
    const { plan, source } = await requireOutput(ports.store, executionId, 'analyse', analysedOutput);
    const recipe = recipeOf(plan);
    const result = await runStage<Built>(ports, execution, call, {
      stage: 'build',
      inputs: async () => ({ tree: source.tree, ...recipe, environmentNames: [...recipe.environmentNames] }),
      output: builtOutput,
      stillTrue: async ({ artifact }) => (await ports.artifacts.find(artifact)) !== undefined,
      run: async (digest) => {
        const { deploymentId } = execution;
        const request = { token: `${deploymentId}-${digest.slice(0, 12)}`, deploymentId, source, ...recipe };
        const state = await ports.builder.build(request, call);
        if (state.status === 'RUNNING') return { finished: false };
        const { id, files, bytes, runtimeVersion } = state.artifact;
        const output = { artifact: id, files, bytes, runtimeVersion };
        return { finished: true, output, summary: `${id.slice(0, 19)}, ${files} files, ${megabytes(bytes)}` };
      },
    });
    return { finished: result.finished };
  };

/** What of a plan a build depends on: nothing else may cause a new one. */
function recipeOf(plan: Plan): Omit<BuildRequest, 'token' | 'deploymentId' | 'source'> {
  const served = plan.processes.value.find(({ command }) => command.kind === 'serve')?.command;
  return {
    root: plan.root.value,
    runtime: plan.runtime.value,
    runtimeVersion: plan.runtimeVersion.value,
    packageManager: plan.packageManager.value,
    packageManagerVersion: plan.packageManagerVersion.value,
    install: plan.install.value,
    build: plan.build.value,
    environmentNames: plan.environment.value.map(({ name }) => name),
    outputDirectory: served?.kind === 'serve' ? served.directory : null,
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
