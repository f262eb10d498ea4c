import type { TrafficObservation } from '../../ports/traffic-observation.ts';
import { firingAlarms } from './traffic-observation/alarms.ts';
import { type TrafficFacts, trafficSince } from './traffic-observation/traffic.ts';

/** What Application Load Balancers and their alarms tell CloudWatch. */
export const awsTrafficObservation = (facts: TrafficFacts): TrafficObservation => ({
  traffic: (loadBalancer, color, since) => trafficSince(facts, { loadBalancer, color, since }),
  firingAlarms: (deploymentId, since) => firingAlarms(facts, deploymentId, since),
});
