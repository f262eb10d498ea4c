import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';

export interface GroupRequest {
  readonly name: string;
  readonly count: number;
  readonly variant?: string;
  readonly deploymentId?: string;
}

/** An auto scaling group as the compute blueprint makes one; returns the ids of its instances. */
export async function makeGroup(
  autoScaling: AutoScalingClient,
  { name, count, variant = 'web-stage-1', deploymentId = 'shop-1' }: GroupRequest,
): Promise<readonly string[]> {
  await autoScaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: name,
      ImageId: 'ami-12c6146b',
      InstanceType: 't4g.small',
    }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchConfigurationName: name,
      MinSize: count,
      MaxSize: count,
      DesiredCapacity: count,
      AvailabilityZones: ['eu-west-1a'],
      Tags: Object.entries({ 'hivemind:deployment': deploymentId, 'hivemind:variant': variant }).map(
        ([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true }),
      ),
    }),
  );
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return (group?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []).sort();
}
