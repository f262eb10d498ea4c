import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ClientSettings } from '../../src/adapters/aws/client-settings.ts';
import type { ControlPlane } from '../../src/adapters/aws/control-plane.ts';
import type { Fleet } from '../../src/adapters/aws/instance-commands.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** The instances of all deployments, as the operator's own credentials reach them. */
export const operatorFleet = (
  settings: ClientSettings,
  { instanceDocument }: Pick<ControlPlane, 'instanceDocument'>,
  clock: Clock,
): Fleet => ({
  autoScaling: new AutoScalingClient(settings),
  ec2: new EC2Client(settings),
  ssm: new SSMClient(settings),
  instanceDocument,
  clock,
});
