import { HiveMindError } from '../../src/domain/errors.ts';
import type { RestoreExecution } from '../../src/domain/execution.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { isExposed } from '../../src/domain/plan.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { liveExecutions } from '../../src/stages/live-executions.ts';
import { analysedOutput, builtOutput, doneOutput, stackOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, findOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import type { CompilerPorts } from './ports.ts';

/** Stages whose results an earlier execution left: what was found and built stands for the release, whatever has happened since. */
const KEPT = ['analyse', 'build'] as const satisfies readonly StageName[];
/** What stands beside every release. */
const STANDING = ['network', 'database', 'monitoring'] as const satisfies readonly StageName[];

/** Takes plan and artifact of a kept release for this execution: nothing is built. */
export async function restore(
  ports: CompilerPorts,
  execution: RestoreExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { toRelease, fromExecution } = execution.settings;
  if (toRelease === null) return { finished: true, toNothing: true, exposed: false, database: false };
  const result = await runStage(ports, execution, call, {
    stage: 'restore',
    inputs: async () => ({ executionId: execution.id, toRelease, fromExecution }),
    output: doneOutput,
    stillTrue: async () => (await findOutput(ports.store, execution.id, 'build', builtOutput)) !== undefined,
    run: async () => {
      const built = await findOutput(ports.store, fromExecution, 'build', builtOutput);
      if (!built || !(await ports.artifacts.find(built.artifact))) throw notKept(toRelease);
      for (const stage of KEPT) await takeOver(ports, execution, fromExecution, stage);
      const standing = await newestWith(ports, execution);
      for (const stage of STANDING) await takeOver(ports, execution, standing, stage);
      return { finished: true, output: {}, summary: `release ${toRelease}, ${built.artifact.slice(0, 19)}` };
    },
  });
  if (!result.finished) return { finished: false };
  const analysed = await findOutput(ports.store, execution.id, 'analyse', analysedOutput);
  return {
    finished: true,
    toNothing: false,
    exposed: analysed !== undefined && isExposed(analysed.plan),
    database: analysed !== undefined && analysed.plan.database.value !== null,
  };
}

const notKept = (release: number): HiveMindError =>
  new HiveMindError('ArtifactNotFound', `the artifact of release ${release} is not kept any more`, {
    hint: 'deploy its commit again: hivemind update NAME --ref COMMIT',
  });

/** The newest execution that made the stacks beside the releases. */
async function newestWith({ store }: CompilerPorts, { deploymentId, settings }: RestoreExecution) {
  for (const { id } of await liveExecutions(store, deploymentId)) {
    if (await findOutput(store, id, 'network', stackOutput)) return id;
  }
  return settings.fromExecution;
}

/** The result of a stage of another execution becomes one of this execution; nothing when it had none. */
async function takeOver(
  { store }: CompilerPorts,
  { id }: RestoreExecution,
  from: string,
  stage: StageName,
): Promise<void> {
  const runs = await store.listStageRuns(from);
  const run = runs.find((candidate) => candidate.stage === stage && candidate.status === 'SUCCEEDED');
  const output: JsonObject | null = run?.output ?? null;
  if (run && output) await store.putStageRun({ ...run, executionId: id, reused: true });
}
