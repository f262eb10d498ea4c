import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../../anywhere/clock.ts';
import { controlPlaneFacts } from '../control-plane.ts';
import type { Fleet } from '../instance-commands.ts';
import { newClient } from './observability.ts';

/** The instances of all deployments, as a function reaches them. */
export const functionFleet = (environment: NodeJS.ProcessEnv = process.env): Fleet => ({
  ...controlPlaneFacts(environment, ['instanceDocument']),
  autoScaling: newClient(AutoScalingClient),
  ec2: newClient(EC2Client),
  ssm: newClient(SSMClient),
  clock: systemClock,
});
