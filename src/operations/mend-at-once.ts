import type { Deployment } from '../domain/deployment.ts';
import type { Drift, Mending } from '../domain/drift.ts';
import { stackName } from '../domain/stack.ts';
import { allTrafficTo } from '../domain/swap.ts';
import type { InstanceCommands } from '../ports/instance-commands.ts';
import type { StackEngine } from '../ports/stack-engine.ts';
import type { TrafficRouter } from '../ports/traffic-router.ts';
import { planOfRelease } from '../stages/release-plan.ts';
import type { DriftPorts } from './observe-drift.ts';

/** What changes a running deployment; absent where the caller may only look, and the agents change. */
export interface Hands {
  readonly stacks: Pick<StackEngine, 'remove'>;
  readonly router: Pick<TrafficRouter, 'register' | 'shift' | 'healthChange'>;
  readonly instances: Pick<InstanceCommands, 'start'>;
}

export interface MendPorts extends DriftPorts {
  readonly hands?: Hands | undefined;
}

/** Starts what is down, registers what gets no requests, and gives the traffic back: in this order. */
export async function mendAtOnce(
  ports: MendPorts,
  deployment: Deployment,
  drift: readonly Drift[],
): Promise<void> {
  const { hands } = ports;
  const { id, liveColor } = deployment;
  if (!hands || liveColor === undefined) return;
  const namesFor = (mending: Mending) =>
    drift.filter((each) => each.mending === mending).map(({ resource }) => resource);
  const balancer = stackName(id, 'load-balancer');
  const toStart = namesFor('start');
  if (toStart.length > 0) await hands.instances.start(toStart);
  const toRegister = namesFor('register');
  if (toRegister.length > 0) {
    const instances = await ports.instances.list(stackName(id, 'compute', liveColor));
    const plan = await planOfRelease(ports.store, id, deployment.liveRelease ?? 0);
    const healthCheckPath = plan?.healthCheckPath.value;
    const targets = instances.flatMap(({ id: target, host, port }) =>
      port !== null && toRegister.includes(target) ? [{ id: target, host, port, healthCheckPath }] : [],
    );
    await hands.router.register(balancer, liveColor, targets);
  }
  if (deployment.url === undefined) return;
  const isServing = await becomesHealthy(ports, hands, balancer, liveColor);
  if (isServing && namesFor('shift').length > 0) await hands.router.shift(balancer, allTrafficTo(liveColor));
}

const PATIENCE_SECONDS = 30;

/** Waits until every target is healthy. Returns whether any is: some can serve while one cannot. */
async function becomesHealthy(
  { router }: MendPorts,
  hands: Hands,
  balancer: string,
  color: 'blue' | 'green',
): Promise<boolean> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  let health = await router.health(balancer, color);
  while (health.some(({ state }) => state !== 'healthy') && performance.now() < end) {
    const patienceSeconds = Math.ceil((end - performance.now()) / 1000);
    health = await hands.router.healthChange(balancer, color, health, { patienceSeconds });
  }
  return health.some(({ state }) => state === 'healthy');
}
