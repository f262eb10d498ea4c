import { instanceReleaseOf } from '../contracts/instance-release.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { SwapExecution } from '../domain/execution.ts';
import { beginRoll } from '../domain/rolling.ts';
import type { Stack } from '../domain/stack.ts';
import type { DeploymentStore } from '../ports/deployment-store.ts';
import { analysedOutput } from './outputs.ts';
import { planOfRelease } from './release-plan.ts';
import { type RollPorts, rollInstances } from './roll-instances.ts';
import { type AgentCall, requireOutput } from './stage-context.ts';

/**
 * After a rolling update that failed, wherever: the instances that were replaced get the release on record again, one after the other.
 * Does nothing where none was replaced, and where the new release is on record already.
 * @returns whether all instances run it; false: call again
 */
export async function restoreInstances(
  ports: RollPorts & { readonly store: DeploymentStore },
  execution: SwapExecution,
  { id, liveColor, liveRelease }: Deployment,
  stacks: readonly Stack[],
  call: AgentCall,
): Promise<boolean> {
  const runs = await ports.store.listStageRuns(execution.id);
  const stack = stacks.find(
    ({ blueprint, parameters }) => blueprint === 'compute' && parameters['color'] === liveColor,
  );
  if (!stack || !runs.some(({ stage }) => stage === 'roll')) return true;
  const release = instanceReleaseOf(stack.parameters);
  const plan =
    (await planOfRelease(ports.store, id, release.number)) ??
    (await requireOutput(ports.store, execution.id, 'analyse', analysedOutput)).plan;
  if (release.number !== liveRelease) return true;
  return rollInstances(
    {
      ports,
      stack: stack.name,
      balancer: stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name,
      release,
      plan,
      settings: execution.settings,
      call,
      bakeSeconds: 0,
      beforeStart: async () => true,
      objection: async () => null,
    },
    beginRoll(release.number),
    async () => undefined,
  );
}
