import { type Execution, isRelease } from '../domain/execution.ts';
import type { StageName } from '../domain/stage.ts';
import { allTrafficTo } from '../domain/swap.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';
import { giveWeights } from '../stages/give-weights.ts';
import { isOvertaken } from './overtaken.ts';
import type { RecordPorts } from './ports.ts';

export interface GiveBackPorts extends RecordPorts {
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly router: Pick<TrafficRouter, 'shift' | 'weights'>;
}

/** The stages that move traffic. */
const MOVING: readonly StageName[] = ['release', 'shift'];

/**
 * After an execution that ended without its own clean-up: the live release gets back what traffic was on its way to another one.
 * Does nothing where none was moved, and where somebody else changes the deployment by now. Safe to call again.
 * @returns whether traffic was moved back
 * @throws {HiveMindError} StackFailed: the load balancer did not take the weights; TargetGroupNotFound
 */
export async function giveBack(ports: GiveBackPorts, execution: Execution): Promise<boolean> {
  const { id: executionId, deploymentId, workflow } = execution;
  if (!isRelease(execution)) return false;
  const runs = await ports.store.listStageRuns(executionId);
  if (!runs.some(({ stage }) => MOVING.includes(stage))) return false;
  const live = (await ports.store.findDeployment(deploymentId))?.liveColor;
  if (live === undefined || (await isOvertaken(ports, execution))) return false;
  const stacks = await ports.stacks.list(deploymentId);
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name;
  if (balancer === undefined || (await ports.router.weights(balancer))[live] === 100) return false;
  await giveWeights(ports, balancer, allTrafficTo(live));
  await ports.store.appendEvent({
    deploymentId,
    executionId,
    actor: 'hivemind',
    type: 'warning',
    message: `${live} has all traffic again: the ${workflow} ended while traffic was on its way to another release`,
    data: { color: live },
  });
  return true;
}
