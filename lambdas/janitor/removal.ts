import type { Deployment, EnvironmentStage } from '../../src/domain/deployment.ts';
import { HiveMindError } from '../../src/domain/errors.ts';
import { type DestroyExecution, type Execution, isRelease } from '../../src/domain/execution.ts';
import { type BlueprintName, type Stack, sharedNetworkName } from '../../src/domain/stack.ts';
import type { StageName } from '../../src/domain/stage.ts';
import { doneOutput } from '../../src/stages/outputs.ts';
import { retireStack } from '../../src/stages/retire-stack.ts';
import { runStage } from '../../src/stages/run-stage.ts';
import type { AgentCall, TaskAnswer } from '../../src/stages/stage-context.ts';
import { removeFinalSnapshot } from './final-snapshot.ts';
import type { JanitorPorts } from './ports.ts';
import { recordRemoval } from './record-removal.ts';

const STAGE_OF = {
  compute: 'remove-compute',
  monitoring: 'remove-monitoring',
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
      if (blueprint === 'network' && !(await removeUnusedNetwork(ports, execution, call)))
        return { finished: false };
      if (blueprint === 'compute') await recordOffline(ports, execution.deploymentId);
      for (const stack of stacks) {
        if (!(await removeStack(ports, execution, stack, call))) return { finished: false };
      }
      if (blueprint === 'database' && !(await removeFinalSnapshot(ports, execution, call)))
        return { finished: false };
      const names = stacks.map(({ name }) => name).join(', ');
      return { finished: true, output: {}, summary: names === '' ? 'there was none' : `removed ${names}` };
    },
  });
  return { finished: result.finished };
}

/**
 * The network that the deployments of a stage share costs money, so it goes with the last of them. Returns false while it is
 * being removed.
 */
export async function removeUnusedNetwork(
  ports: JanitorPorts,
  execution: Execution,
  call: AgentCall,
): Promise<boolean> {
  const deployment = await ports.store.findDeployment(execution.deploymentId);
  if (deployment?.target !== 'aws') return true;
  const { id } = deployment;
  const stage = await networkStageOf(ports, deployment);
  const others = await ports.store.listDeployments({ limit: Number.MAX_SAFE_INTEGER });
  for (const other of others) {
    if (other.id === id || other.target !== 'aws' || (await networkStageOf(ports, other)) !== stage) continue;
    // A record alone, such as that of a first deploy that failed, stands in no network.
    const uses = (await ports.store.findLock(other.id)) ?? (await ports.stacks.list(other.id))[0];
    if (uses) return true;
  }
  const network = await ports.stacks.describe(sharedNetworkName(stage));
  if (network === undefined) return true;
  try {
    return await removeStack(ports, execution, network, call);
  } catch (error) {
    // Somebody else has come to stand in it meanwhile: it is theirs now.
    if (!(error instanceof HiveMindError) || error.code !== 'StackFailed') throw error;
    await recordRemoval(ports, execution, 'stack', network.name, `kept: ${error.message}`);
    return true;
  }
}

/** Stage whose network a deployment stands in: an upgrade leaves it where it was. */
async function networkStageOf({ store }: JanitorPorts, { id, stage }: Deployment): Promise<EnvironmentStage> {
  const executions = await store.listExecutions({ deploymentId: id });
  return executions.find(isRelease)?.settings.networkStage ?? stage;
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

/** Drains what serves, then removes the stack and says so in the history. Returns whether it is gone. */
export async function removeStack(
  ports: JanitorPorts,
  execution: Execution,
  stack: Stack,
  call: AgentCall,
): Promise<boolean> {
  if (!(await retireStack(ports, stack, call))) return false;
  await recordRemoval(ports, execution, 'stack', stack.name, 'removed');
  return true;
}
