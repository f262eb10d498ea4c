import type { Clock } from '../../ports/clock.ts';
import type { TrafficRouter } from '../../ports/traffic-router.ts';
import { type GroupFacts, resumeReplacing } from './traffic-router/group-health.ts';
import { healthChangeOf, healthOf } from './traffic-router/health.ts';
import { type ProbeRouteFacts, probeRouteTo } from './traffic-router/probe-route.ts';
import { deregisterTargets, registerTargets } from './traffic-router/targets.ts';
import { shiftWeights, weightsOf } from './traffic-router/weights.ts';

/** Steers Application Load Balancers, each known by the name of its stack. */
export const awsTrafficRouter = (
  facts: GroupFacts & ProbeRouteFacts & { readonly clock: Clock },
): TrafficRouter => ({
  register: (loadBalancer, color, targets) => registerTargets(facts, loadBalancer, color, targets),
  deregister: (loadBalancer, color, targetIds, patience) =>
    deregisterTargets(facts, { loadBalancer, color, targetIds }, patience),
  replaceFailing: (loadBalancer, color) => resumeReplacing(facts, loadBalancer, color),
  health: (loadBalancer, color) => healthOf(facts, loadBalancer, color),
  healthChange: (loadBalancer, color, seen, options) =>
    healthChangeOf(facts, { loadBalancer, color, seen }, options),
  shift: (loadBalancer, weights) => shiftWeights(facts, loadBalancer, weights),
  weights: (loadBalancer) => weightsOf(facts, loadBalancer),
  probeRoute: (loadBalancer, color) => probeRouteTo(facts, loadBalancer, color),
});
