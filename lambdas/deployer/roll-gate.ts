import type { Color } from '../../src/domain/deployment.ts';
import type { ReleaseExecution } from '../../src/domain/execution.ts';
import { type ColorTraffic, rejectionOf } from '../../src/domain/release-gate.ts';
import { timeAfter } from '../../src/domain/time.ts';
import type { Rolling } from '../../src/stages/roll-instances.ts';
import type { DeployerPorts } from './ports.ts';

/** How far back the release before it is measured. */
const REFERENCE_SECONDS = 120;

export const NO_TRAFFIC: ColorTraffic = {
  requests: 0,
  errors: 0,
  p95Milliseconds: null,
  slowestMilliseconds: null,
};

/** The requests of a colour until now. */
export const trafficBefore = (
  { observation, clock }: DeployerPorts,
  balancer: string,
  color: Color,
): Promise<ColorTraffic> => observation.traffic(balancer, color, timeAfter(clock.now(), -REFERENCE_SECONDS));

/** What speaks against the instances that were replaced: old and new ones answer together, beside the time when all were old. */
export const rollObjection =
  (
    { observation }: DeployerPorts,
    { balancer, release }: Rolling,
    { deploymentId }: ReleaseExecution,
    reference: ColorTraffic,
  ) =>
  async (since: string): Promise<string | null> => {
    if (balancer === undefined) return null;
    const [traffic, alarms] = await Promise.all([
      observation.traffic(balancer, release.color, since),
      observation.firingAlarms(deploymentId, since),
    ]);
    const rejection = rejectionOf(traffic, reference, 'before');
    if (rejection !== undefined) return rejection;
    return alarms.length > 0 ? `alarms are firing: ${alarms.join(', ')}` : null;
  };
