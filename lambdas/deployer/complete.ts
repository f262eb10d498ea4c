import { otherColor } from '../../src/domain/deployment.ts';
import type { DeployExecution } from '../../src/domain/execution.ts';
import type { Stack } from '../../src/domain/stack.ts';
import type { Patience } from '../../src/ports/stack-engine.ts';
import { doneOutput, type Released, releasedOutput, stackOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import {
  type AgentCall,
  findOutput,
  requireOutput,
  type TaskAnswer,
} from '../../src/stages/stage-context.ts';
import { setStatus } from '../../src/stages/status.ts';
import type { DeployerPorts } from './ports.ts';

/** Drains and removes the previous colour and makes the new release the deployment's own. */
export async function completeRelease(
  ports: DeployerPorts,
  execution: DeployExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const { deploymentId } = execution;
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const result = await runStage(ports, execution, call, {
    stage: 'complete',
    inputs: async () => ({ ...released }),
    output: doneOutput,
    stillTrue: async () => {
      const deployment = await ports.store.findDeployment(deploymentId);
      return deployment?.status === 'ACTIVE' && isLive(deployment, released);
    },
    run: async () => {
      // First the record, then the removal: whoever goes on after a crash must know which colour is live.
      const { color, release, url } = released;
      await ports.store.updateDeployment(deploymentId, {
        liveColor: color,
        liveRelease: release,
        url: url ?? undefined,
        failure: undefined,
      });
      // No signal: from here on there is no way back, and a cancel finds the new release live.
      const patience = { patienceSeconds: call.patienceSeconds };
      const retired = await retirePrevious(ports, execution, released, patience);
      if (retired === 'in progress') return { finished: false };
      await setStatus(ports, execution, 'deployer', 'ACTIVE', `release ${release} is live`);
      const previous = retired === 'removed' ? '; the previous one is drained and removed' : '';
      return { finished: true, output: {}, summary: `release ${release} is live${previous}` };
    },
  });
  return { finished: result.finished };
}

const isLive = (
  deployment: { readonly liveRelease?: number | undefined; readonly liveColor?: string | undefined },
  released: Released,
): boolean => deployment.liveRelease === released.release && deployment.liveColor === released.color;

async function retirePrevious(
  ports: DeployerPorts,
  execution: DeployExecution,
  released: Released,
  patience: Patience,
): Promise<'removed' | 'in progress' | 'there was none'> {
  const balancer = await findOutput(ports.store, execution.id, 'load-balancer', stackOutput);
  const stacks = await ports.stacks.list(execution.deploymentId);
  const previous = stacks.filter(({ blueprint, name }) => blueprint === 'compute' && name !== released.stack);
  for (const { name } of previous) {
    const ids = (await ports.instances.list(name)).map(({ id }) => id);
    const color = otherColor(released.color);
    const drained =
      balancer === undefined || (await ports.router.deregister(balancer.stack, color, ids, patience));
    if (!drained || !(await ports.stacks.remove(name, patience))) return 'in progress';
  }
  if (released.url === null && !(await removeUnusedBalancer(ports, stacks, patience))) return 'in progress';
  return previous.length > 0 ? 'removed' : 'there was none';
}

/** A service that became a worker has no use for a listener. Returns whether it is gone. */
async function removeUnusedBalancer(
  ports: DeployerPorts,
  stacks: readonly Stack[],
  patience: Patience,
): Promise<boolean> {
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  return balancer === undefined || (await ports.stacks.remove(balancer.name, patience));
}
