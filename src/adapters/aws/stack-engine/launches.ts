import {
  type Activity,
  type AutoScalingClient,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { asked } from '../aws-failure.ts';

/** An attempt of an auto scaling group to launch an instance. */
export interface Launch {
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  /** Why it failed; undefined when it went well or still goes on. */
  readonly failure: string | undefined;
}

/** Beginning of the description of a launch; a group ends instances too. */
const LAUNCHING = 'Launching a new EC2 instance';

/**
 * Newest first, as many as the first answer has: a group that cannot launch tries again about once a minute. Those of groups of this name
 * that are gone are among them: a rollback removes the group before anybody has asked.
 */
export async function launchesOf(client: AutoScalingClient, group: string): Promise<readonly Launch[]> {
  const { Activities = [] } = await asked(
    client.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, IncludeDeletedGroups: true }),
    ),
    `read the scaling activities of "${group}"`,
  );
  return Activities.filter(({ Description }) => Description?.startsWith(LAUNCHING))
    .map(launch)
    .toSorted((one, other) => other.beganAt - one.beganAt);
}

/** Cancelled is what a launch is called whose instance ended before it was in service. */
const launch = ({ StartTime, StatusCode, StatusMessage }: Activity): Launch => ({
  beganAt: StartTime?.getTime() ?? 0,
  failure: StatusCode === 'Failed' || StatusCode === 'Cancelled' ? readable(StatusMessage) : undefined,
});

const readable = (message = ''): string =>
  message.replace(/\s*Launching EC2 instance failed\.?\s*$/, '').trim() || 'AWS gives no reason';
