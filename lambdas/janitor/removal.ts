import type { DestroyExecution, Execution } from '../../src/domain/execution.ts';
import type { BlueprintName, Stack } from '../../src/domain/stack.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { doneOutput } from '../../src/stages/outputs.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import type { JanitorPorts } from './ports.ts';

const STAGE_OF = {
  compute: 'remove-compute',
  database: 'remove-database',
  'load-balancer': 'remove-load-balancer',
  network: 'remove-network',
} as const satisfies Record<BlueprintName, StageName>;

/** Removes every stack of one blueprint; what is gone already is not an error. */
export async function removeStacks(
  ports: JanitorPorts,
  execution: DestroyExecution,
  call: AgentCall,
  blueprint: BlueprintName,
): Promise<TaskAnswer> {
  const result = await runStage(ports, execution, call, {
    stage: STAGE_OF[blueprint],
    inputs: async () => ({ executionId: execution.id }),
    output: doneOutput,
    stillTrue: async () => false,
    run: async () => {
      const stacks = (await ports.stacks.list(execution.deploymentId)).filter(
        (stack) => stack.blueprint === blueprint,
      );
      if (blueprint === 'compute') await recordOffline(ports, execution.deploymentId);
      for (const stack of stacks) await removeStack(ports, execution, stack, call);
      const names = stacks.map(({ name }) => name).join(', ');
      return { finished: true, output: {}, summary: names === '' ? 'there was none' : `removed ${names}` };
    },
  });
  return { finished: result.finished };
}

/** First the record: a removal that is interrupted must not look like a service that runs. */
async function recordOffline(ports: JanitorPorts, deploymentId: string): Promise<void> {
  await ports.store.updateDeployment(deploymentId, {
    liveColor: undefined,
    liveRelease: undefined,
    url: undefined,
  });
  await ports.store.putVerification(deploymentId, '', []);
}

/** Drains what serves, then removes the stack and says so in the history. */
export async function removeStack(
  ports: JanitorPorts,
  execution: Execution,
  stack: Stack,
  call: AgentCall,
): Promise<void> {
  if (stack.blueprint === 'compute') await drain(ports, stack);
  await ports.stacks.remove(stack.name, call);
  await recordRemoval(ports, execution, 'stack', stack.name, 'removed');
}

export async function recordRemoval(
  ports: JanitorPorts,
  execution: Execution,
  type: string,
  id: string,
  result: string,
): Promise<void> {
  await ports.store.appendEvent({
    deploymentId: execution.deploymentId,
    executionId: execution.id,
    actor: 'janitor',
    type: 'resource.removed',
    message: `${type} ${id}: ${result}`,
    data: { type, id, result },
  });
}

async function drain(ports: JanitorPorts, stack: Stack): Promise<void> {
  const stacks = await ports.stacks.list(stack.deploymentId);
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  if (!balancer) return;
  const instances = await ports.instances.list(stack.name);
  const color = stack.parameters['color'] === 'green' ? 'green' : 'blue';
  await ports.router.deregister(
    balancer.name,
    color,
    instances.map(({ id }) => id),
  );
}
