import type { Stack } from '../domain/stack.ts';
import type { Patience, StackEngine } from '../ports/stack-engine.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';

export interface RetirePorts {
  readonly stacks: Pick<StackEngine, 'list' | 'remove'>;
  readonly router: Pick<TrafficRouter, 'deregister' | 'health'>;
}

/**
 * Removes a stack; a compute stack first finishes what it has in hand.
 * @returns whether it is gone; false: call again
 */
export async function retireStack(ports: RetirePorts, stack: Stack, patience: Patience): Promise<boolean> {
  if (stack.blueprint === 'compute' && !(await drain(ports, stack, patience))) return false;
  return await ports.stacks.remove(stack.name, patience);
}

async function drain(ports: RetirePorts, stack: Stack, patience: Patience): Promise<boolean> {
  const stacks = await ports.stacks.list(stack.deploymentId);
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer');
  if (!balancer) return true;
  const color = stack.parameters['color'] === 'green' ? 'green' : 'blue';
  const targets = await ports.router.health(balancer.name, color);
  const ids = targets.map(({ id }) => id);
  return await ports.router.deregister(balancer.name, color, ids, patience);
}
