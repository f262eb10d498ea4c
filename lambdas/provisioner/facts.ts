import type { DeployExecution } from '../../src/domain/execution.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { ProvisionerPorts } from './ports.ts';
import type { StackFacts } from './stacks.ts';

/** Everything that the parameters of the stacks are computed from. */
export async function stackFacts(
  { store }: ProvisionerPorts,
  { deploymentId, settings }: DeployExecution,
  plan: Plan,
): Promise<StackFacts> {
  const deployment = await store.findDeployment(deploymentId);
  return { deploymentId, plan, settings, liveColor: deployment?.liveColor };
}
