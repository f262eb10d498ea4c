import type { TrafficObservation } from '../../ports/traffic-observation.ts';
import type { LoadBalancers } from './load-balancer/load-balancers.ts';

/** What the load balancers of this server count, to the second. There are no alarms on one machine. */
export const localTrafficObservation = (loadBalancers: LoadBalancers): TrafficObservation => ({
  traffic: async (name, color, since) => loadBalancers.get(name).group(color).trafficSince(Date.parse(since)),
  firingAlarms: async () => [],
});
