import {
  type AutoScalingClient,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Color } from '../../../domain/deployment.ts';
import { stackName } from '../../../domain/stack.ts';
import { askedUnless } from '../aws-failure.ts';
import { deploymentOf, findStack } from '../stack-engine/described-stack.ts';
import type { RoutingFacts } from './outputs.ts';

/** The group of a colour asks the load balancer how its instances are, and replaces those that it does not know any more. */
export interface GroupFacts extends RoutingFacts {
  /** Without it, groups are left as they are. */
  readonly autoScaling?: AutoScalingClient;
}

/** Of an auto scaling group. */
const REPLACING = ['HealthCheck', 'ReplaceUnhealthy'];

/** Before targets are taken out: what drains must not be replaced, because what replaces it would serve. Safe to call again. */
export const stopReplacing = (facts: GroupFacts, loadBalancer: string, color: Color): Promise<void> =>
  tellGroup(facts, loadBalancer, color, {
    command: (group) => new SuspendProcessesCommand(group),
    what: 'keep Auto Scaling from replacing what drains',
  });

/**
 * What serves is watched over, also when it was about to go before. Not before it serves: the grace period of an instance counts from when
 * it was made, and a release that starts on an older one would be replaced by an instance with the release before it.
 */
export const resumeReplacing = (facts: GroupFacts, loadBalancer: string, color: Color): Promise<void> =>
  tellGroup(facts, loadBalancer, color, {
    command: (group) => new ResumeProcessesCommand(group),
    what: 'let Auto Scaling replace what fails',
  });

interface Order {
  readonly command: (group: {
    AutoScalingGroupName: string;
    ScalingProcesses: string[];
  }) => SuspendProcessesCommand | ResumeProcessesCommand;
  readonly what: string;
}

/** A group is named like its compute stack; one that is gone replaces nothing. */
async function tellGroup(
  { autoScaling, cloudFormation }: GroupFacts,
  loadBalancer: string,
  color: Color,
  { command, what }: Order,
): Promise<void> {
  const stack = autoScaling && (await findStack(cloudFormation, loadBalancer));
  const deploymentId = stack && deploymentOf(stack);
  if (!autoScaling || !deploymentId) return;
  const AutoScalingGroupName = stackName(deploymentId, 'compute', color);
  await askedUnless(
    autoScaling.send(command({ AutoScalingGroupName, ScalingProcesses: [...REPLACING] })),
    ['ValidationError'],
    `${what} in "${AutoScalingGroupName}"`,
  );
}
