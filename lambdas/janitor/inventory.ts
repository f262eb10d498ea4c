import type { Target } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import type { DestroyExecution } from '../../src/domain/execution.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import type { Resource } from '../../src/ports/resource-inventory.ts';
import { doneOutput, type RemovalPlan, removalPlanOutput } from '../../src/stages/outputs.ts';
import { runStage, type StageOutcome } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import type { StageProgress } from '../../src/stages/stage-journal.ts';
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
 * Removes what belongs to no stack (secrets, artifacts, logs) and then looks at the world for anything left. The workflow calls again
 * while that may be an echo.
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
    run: async (_digest, progress) => {
      const deployment = await ports.store.findDeployment(deploymentId);
      if (deployment) await removeBelongings(ports, execution, deployment);
      const left = await ports.inventory.find(deploymentId);
      if (left.length > 0) return await lookAgain(ports, progress, left, deployment?.target);
      await ports.store.updateDeployment(deploymentId, { failure: undefined });
      await setStatus(ports, execution, 'janitor', 'DESTROYED', 'nothing is left of it');
      return { finished: true, output: {}, summary: 'nothing is left' };
    },
  });
  return { finished: result.finished };
}

/** EC2 and CloudWatch Logs may show for a moment what they have removed. */
const ECHO_SECONDS = 60;

/** @throws {HiveMindError} ResourcesLeft */
async function lookAgain(
  { clock }: JanitorPorts,
  { known, save }: StageProgress,
  left: readonly Resource[],
  target: Target | undefined,
): Promise<StageOutcome<never>> {
  const now = clock.now();
  const since = typeof known?.['leftSince'] === 'string' ? known['leftSince'] : now;
  if (target !== 'aws' || secondsBetween(since, now) >= ECHO_SECONDS) throw somethingLeft(left);
  await save({ leftSince: since });
  return { finished: false };
}

const somethingLeft = (left: readonly Resource[]): HiveMindError =>
  new HiveMindError(
    'ResourcesLeft',
    `still there after the removal: ${left.map(({ type, id }) => `${type} ${id}`).join(', ')}`,
    {
      hint: 'run the destroy again: it continues with what is left',
    },
  );
