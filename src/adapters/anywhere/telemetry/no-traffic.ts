import type { DeploymentMetrics } from '../../../ports/telemetry.ts';

export type Traffic = Omit<DeploymentMetrics, 'instances'>;

/** Of a deployment without a load balancer. */
export const NO_TRAFFIC: Traffic = {
  windowSeconds: 0,
  requests: 0,
  responses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  latencyMilliseconds: null,
  openConnections: 0,
};
