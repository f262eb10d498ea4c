import { type Color, otherColor } from '../../src/domain/deployment.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { DeployExecution } from '../../src/domain/execution.ts';
import type { Release } from '../../src/domain/release.ts';
import { stackName } from '../../src/domain/stack.ts';
import {
  analysedOutput,
  builtOutput,
  type ComputeOutput,
  computeOutput,
  stackOutput,
} from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type AgentCall,
  findOutput,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import { stackFacts } from './facts.ts';
import { isSettled, stackStands } from './infrastructure.ts';
import type { ProvisionerPorts } from './ports.ts';
import { computeParameters, type ReleaseFacts, type StackFacts, stackTags } from './stacks.ts';

/** Creates the instances of a release in the colour that has no traffic. */
export async function provisionCompute(
  ports: ProvisionerPorts,
  execution: DeployExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const { plan, source } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const { artifact } = await requireOutput(ports.store, execution.id, 'build', builtOutput);
  const database = await findOutput(ports.store, execution.id, 'database', stackOutput);
  const facts = await stackFacts(ports, execution, plan);
  const wanted = { commit: source.commit, artifact, databaseSecret: database?.outputs['secret'] ?? null };
  const release = await releaseFor(ports, execution, facts, wanted);
  const parametersIn = (color: Color) =>
    computeParameters(facts, { ...wanted, color, release: release.number });
  const result = await runStage<ComputeOutput>(ports, execution, call, {
    stage: 'compute',
    inputs: async () => ({ deploymentId, ...parametersIn('blue') }),
    output: computeOutput,
    stillTrue: ({ stack, color }) => stackStands(ports.stacks, stack, parametersIn(color)),
    run: async (digest) => {
      const color = facts.liveColor ? otherColor(facts.liveColor) : 'blue';
      const name = stackName(deploymentId, 'compute', color);
      const token = `${execution.id}-${digest.slice(0, 12)}`;
      const request = {
        name,
        blueprint: 'compute',
        deploymentId,
        parameters: parametersIn(color),
        tags: stackTags(facts, execution.actor, { color, release: release.number }),
        token,
      } as const;
      const stack = await ports.stacks.deploy(request, call);
      if (!isSettled(stack)) return { finished: false };
      const summary = `release ${release.number} in ${color}: ${stack.outputs['instances'] ?? ''}`;
      return { finished: true, output: { stack: name, color, release: release.number }, summary };
    },
  });
  return { finished: result.finished };
}

/** The number of what is about to run; the same commit, artifact and configuration keep their number. */
function releaseFor(
  ports: ProvisionerPorts,
  execution: DeployExecution,
  facts: StackFacts,
  wanted: Pick<ReleaseFacts, 'commit' | 'artifact' | 'databaseSecret'>,
): Promise<Release> {
  const { commit, artifact } = wanted;
  const configuration = digestOf(computeParameters(facts, { ...wanted, color: 'blue', release: 0 }));
  const { deploymentId } = execution;
  return ports.store.ensureRelease({
    deploymentId,
    commit,
    artifact,
    configuration,
    createdAt: ports.clock.now(),
  });
}
