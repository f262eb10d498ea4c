import type { TrafficRouter } from '../../ports/traffic-router.ts';
import type { LoadBalancers } from './load-balancer/load-balancers.ts';

/** Steers the load balancers of this server. */
export const localTrafficRouter = (loadBalancers: LoadBalancers): TrafficRouter => ({
  register: async (name, color, targets) => loadBalancers.get(name).register(color, targets),
  deregister: async (name, color, targetIds) => {
    await loadBalancers.get(name).deregister(color, targetIds);
    return true;
  },
  replaceFailing: async () => undefined,
  health: async (name, color) => loadBalancers.get(name).group(color).health,
  healthChange: async (name, color, seen, options) =>
    loadBalancers.get(name).group(color).healthChange(seen, options),
  shift: async (name, weights) => loadBalancers.get(name).shift(weights),
  weights: async (name) => loadBalancers.get(name).weights,
  probeRoute: async (name, color) => loadBalancers.get(name).probeRoute(color),
});
