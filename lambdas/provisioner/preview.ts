import type { ReleaseExecution } from '../../src/domain/execution.ts';
import { stackName } from '../../src/domain/stack.ts';
import { computeParameters, stackOf } from '../../src/stages/compute-parameters.ts';
import {
  type InfrastructureFacts,
  infrastructureParameters,
} from '../../src/stages/infrastructure-parameters.ts';
import { analysedOutput, type Previewed, previewedOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import { infrastructureFacts } from './infrastructure-facts.ts';
import type { ProvisionerPorts } from './ports.ts';
import { blueprintsFor, stackTags } from './stacks.ts';

/** What is not known before a build shows as this in a preview. */
const AFTER_BUILD = '(known after the build)';

/** Which stacks a deploy would create or change, and what they cost; creates nothing. */
export async function previewDeployment(
  ports: ProvisionerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { settings } = execution;
  const { plan, source } = await requireOutput(ports.store, execution.id, 'analyse', analysedOutput);
  const facts = await infrastructureFacts(ports, execution, plan);
  const tags = stackTags(facts, execution.actor);
  const result = await runStage<Previewed>(ports, execution, call, {
    stage: 'preview',
    inputs: async () => ({ executionId: execution.id }),
    output: previewedOutput,
    stillTrue: async () => false,
    run: async () => {
      const stacks = await Promise.all(
        stacksOf(facts, source.commit).map(async (stack) => ({
          ...stack,
          changes: [...(await ports.stacks.preview({ ...stack, tags, token: execution.id }))],
        })),
      );
      const costs = await ports.costs.estimate(settings.stage, blueprintsFor(plan));
      const shown = stacks.map(({ deploymentId: _, ...stack }) => stack);
      const output = previewedOutput.parse({ stacks: shown, costs });
      const changes = stacks.flatMap((stack) => stack.changes).filter(({ action }) => action !== 'none');
      return { finished: true, output, summary: `${stacks.length} stacks, ${changes.length} changes` };
    },
  });
  return { finished: result.finished };
}

function stacksOf(facts: InfrastructureFacts, commit: string) {
  return blueprintsFor(facts.plan).map((blueprint) => {
    if (blueprint !== 'compute') {
      const parameters = infrastructureParameters(blueprint, facts);
      return { ...stackOf(blueprint, facts), blueprint, parameters };
    }
    const parameters = computeParameters(facts, {
      color: 'blue',
      release: 0,
      commit,
      artifact: AFTER_BUILD,
      databaseSecret: null,
    });
    return {
      name: stackName(facts.deploymentId, blueprint, 'blue'),
      deploymentId: facts.deploymentId,
      blueprint,
      parameters: { ...parameters, release: AFTER_BUILD },
    };
  });
}
