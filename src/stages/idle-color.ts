import { type Deployment, otherColor } from '../domain/deployment.ts';
import { HiveMindError } from '../domain/errors.ts';
import { allTrafficTo } from '../domain/swap.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';
import { giveWeights } from './give-weights.ts';

export interface IdleColorPorts {
  readonly stacks: Pick<StackEngine, 'list'>;
  readonly router: Pick<TrafficRouter, 'health' | 'shift' | 'weights'>;
}

/**
 * Sees to it that a colour beside the live one has no traffic before it is drained: somebody may have moved the weights by hand, or a
 * workflow been stopped in the middle of a shift. Where nothing is live there is nothing to keep.
 * @throws {HiveMindError} StackFailed: it has traffic, and the live colour could not serve it
 */
export async function requireIdle(
  ports: IdleColorPorts,
  { id, liveColor }: Pick<Deployment, 'id' | 'liveColor'>,
): Promise<void> {
  const stacks = await ports.stacks.list(id);
  const balancer = stacks.find(({ blueprint }) => blueprint === 'load-balancer')?.name;
  if (balancer === undefined || liveColor === undefined) return;
  if ((await ports.router.weights(balancer))[liveColor] === 100) return;
  const health = await ports.router.health(balancer, liveColor);
  if (health.some(({ state }) => state === 'healthy')) {
    return await giveWeights(ports, balancer, allTrafficTo(liveColor));
  }
  throw new HiveMindError(
    'StackFailed',
    `${otherColor(liveColor)} is to be removed but has traffic, and ${liveColor} has no healthy instance that could take it`,
    {
      hint: 'look at what serves with `hivemind status`, mend it with `hivemind reconcile`, then run the command again',
    },
  );
}
