import { HiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution } from '../../src/domain/execution.ts';
import { doneOutput, type RemovalPlan, removalPlanOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import { removeBelongings } from './belongings.ts';
import type { JanitorPorts } from './ports.ts';

/** Writes down what there is before anything is touched. */
export async function planRemoval(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const result = await runStage<RemovalPlan>(ports, execution, call, {
    stage: 'plan-removal',
    inputs: async () => ({ executionId: execution.id }),
    output: removalPlanOutput,
    stillTrue: async () => true,
    run: async () => {
      const resources = (await ports.inventory.find(execution.deploymentId)).map((resource) => ({
        ...resource,
      }));
      return { finished: true, output: { resources }, summary: `${resources.length} resources` };
    },
  });
  return { finished: result.finished };
}

/**
 * Removes what belongs to no stack (secrets, artifacts, logs) and then looks at the world for anything left.
 * @throws {HiveMindError} ResourcesLeft
 */
export async function proveRemoval(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const result = await runStage(ports, execution, call, {
    stage: 'prove-removal',
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const deployment = await ports.store.findDeployment(deploymentId);
      if (deployment) await removeBelongings(ports, execution, deployment);
      const left = await ports.inventory.find(deploymentId);
      if (left.length > 0) throw somethingLeft(left);
      await ports.store.updateDeployment(deploymentId, { failure: undefined });
      await setStatus(ports, execution, 'janitor', 'DESTROYED', 'nothing is left of it');
      return { finished: true, output: {}, summary: 'nothing is left' };
    },
  });
  return { finished: result.finished };
}

const somethingLeft = (left: readonly { readonly type: string; readonly id: string }[]): HiveMindError =>
  new HiveMindError(
    'ResourcesLeft',
    `still there after the removal: ${left.map(({ type, id }) => `${type} ${id}`).join(', ')}`,
    {
      hint: 'run the destroy again: it continues with what is left',
    },
  );
