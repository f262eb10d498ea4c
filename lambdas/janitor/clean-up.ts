import type { Deployment } from '../../src/domain/deployment.ts';
import { asHiveMindError, type HiveMindError } from '../../src/domain/errors.ts';
import { type Execution, isPreview } from '../../src/domain/execution.ts';
import { REMOVAL_ORDER, type Stack } from '../../src/domain/stack.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';
import { removeStack } from './removal.ts';

/**
 * After a failed deploy: the previous release gets all traffic back and stays; without one, everything the deploy made is
 * removed. The record, the events, the logs and the finished artifact stay for the diagnosis and the next attempt.
 */
export async function cleanUp(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (isPreview(execution) || !deployment) return { finished: true };
  const stacks = await ports.stacks.list(deployment.id);
  if (deployment.liveColor) await giveTrafficBack(ports, deployment, stacks);
  const failures = await removeEach(ports, execution, leftovers(deployment, stacks), call);
  if (!deployment.liveColor) {
    await ports.secrets.removeAll(deployment.id);
    // What was verified is gone.
    await ports.store.putVerification(deployment.id, execution.id, []);
  }
  if (failures[0]) throw failures[0];
  return { finished: true };
}

/** A stack that cannot be removed keeps none of the others. */
async function removeEach(
  ports: JanitorPorts,
  execution: Execution,
  stacks: readonly Stack[],
  call: AgentCall,
): Promise<readonly HiveMindError[]> {
  const failures: HiveMindError[] = [];
  for (const stack of stacks) {
    await removeStack(ports, execution, stack, call).catch((error: unknown) => {
      failures.push(asHiveMindError(error));
    });
  }
  return failures;
}

async function giveTrafficBack(ports: JanitorPorts, deployment: Deployment, stacks: readonly Stack[]) {
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  if (!balancer) return;
  const blue = deployment.liveColor === 'blue' ? 100 : 0;
  await ports.router.shift(balancer.name, { blue, green: 100 - blue });
}

/** What the failed deploy made: the idle colour's compute, or everything when no release is live. */
function leftovers(deployment: Deployment, stacks: readonly Stack[]): readonly Stack[] {
  const ordered = REMOVAL_ORDER.flatMap((blueprint) =>
    stacks.filter((stack) => stack.blueprint === blueprint),
  );
  if (!deployment.liveColor) return ordered;
  return ordered.filter(
    ({ blueprint, parameters }) => blueprint === 'compute' && parameters['color'] !== deployment.liveColor,
  );
}
