import type { ReleaseExecution } from '../../src/domain/execution.ts';
import type { Stack } from '../../src/domain/stack.ts';
import type { Patience } from '../../src/ports/stack-engine.ts';
import { doneOutput, type Released, releasedOutput } from '../../src/stages/outputs.ts';
import { retireStack } from '../../src/stages/retire-stack.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import { type AgentCall, requireOutput, type TaskAnswer } from '../../src/stages/stage-context.ts';
import type { DeployerPorts } from './ports.ts';

export type Retired = 'removed' | 'in progress' | 'there was none';

/** After a swap: drains and removes the release before it, unless that is kept warm. */
export async function retirePreviousRelease(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  call: AgentCall,
): Promise<TaskAnswer> {
  const released = await requireOutput(ports.store, execution.id, 'release', releasedOutput);
  const result = await runStage(ports, execution, call, {
    stage: 'retire-previous',
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const warm = (await ports.store.findDeployment(execution.deploymentId))?.warm;
      if (warm) {
        return {
          finished: true,
          output: {},
          summary: `release ${warm.release} stays warm until ${warm.until}`,
        };
      }
      const patience = { patienceSeconds: call.patienceSeconds };
      const retired = await retirePrevious(ports, execution, released, patience);
      if (retired === 'in progress') return { finished: false };
      return { finished: true, output: {}, summary: retired };
    },
  });
  return { finished: result.finished };
}

export async function retirePrevious(
  ports: DeployerPorts,
  execution: ReleaseExecution,
  released: Released,
  patience: Patience,
): Promise<Retired> {
  const stacks = await ports.stacks.list(execution.deploymentId);
  const previous = stacks.filter(({ blueprint, name }) => blueprint === 'compute' && name !== released.stack);
  for (const stack of previous) {
    if (!(await retireStack(ports, stack, patience))) return 'in progress';
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
