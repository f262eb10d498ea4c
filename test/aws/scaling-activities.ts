import type { Fate } from './proxy.ts';
import { answer, escaped } from './query-answers.ts';

/** A launch of an auto scaling group, of which the emulator's groups tell none. */
export interface PlayedLaunch {
  readonly description: string;
  readonly secondsAgo: number;
  readonly failure: string | undefined;
}

export const launch = (chosen: { readonly secondsAgo: number; readonly failure?: string }): PlayedLaunch => ({
  description: 'Launching a new EC2 instance',
  failure: undefined,
  ...chosen,
});

/** What Auto Scaling answers about them. */
export const scalingActivities = (launches: readonly PlayedLaunch[]): Fate =>
  answer('DescribeScalingActivities', `<Activities>${launches.map(activityXml).join('')}</Activities>`);

function activityXml({ description, secondsAgo, failure }: PlayedLaunch, index: number): string {
  const status = failure === undefined ? 'Successful' : 'Failed';
  const reason = failure === undefined ? '' : `<StatusMessage>${escaped(failure)}</StatusMessage>`;
  return `<member><ActivityId>${index}</ActivityId><Description>${escaped(description)}</Description>
    <StartTime>${new Date(Date.now() - secondsAgo * 1000).toISOString()}</StartTime>
    <StatusCode>${status}</StatusCode>${reason}</member>`;
}
