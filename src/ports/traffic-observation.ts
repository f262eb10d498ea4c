import type { Color } from '../domain/deployment.ts';
import type { ColorTraffic } from '../domain/release-gate.ts';

/** What the requests of a deployment are like, as the load balancer sees it. */
export interface TrafficObservation {
  /**
   * The requests that a colour began to answer since a time (ISO 8601, at most 15 minutes ago). Where the platform counts by the
   * minute, the newest may still be missing.
   * @throws {HiveMindError} TargetGroupNotFound
   */
  traffic(loadBalancer: string, color: Color, since: string): Promise<ColorTraffic>;
  /**
   * Names of the deployment's alarms that are firing now, began to fire after a time (ISO 8601), and speak of how requests are
   * answered. One that has been firing for longer is of something else, such as what the new release is to mend.
   */
  firingAlarms(deploymentId: string, since: string): Promise<readonly string[]>;
}
