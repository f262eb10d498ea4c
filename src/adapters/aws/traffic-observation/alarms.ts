import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { asked } from '../aws-failure.ts';

/**
 * The alarms that are gates of a swap, of those that `lib/deployment/monitoring-alarms.ts` makes: how requests are answered. The
 * others tell of machines and of the database. They need up to a quarter of an hour to fire, and two colours side by side use more of
 * everything anyhow: they are no verdict about a release.
 */
export const GATES = ['http-errors', 'latency', 'unhealthy-hosts'] as const;

/** Names of the gates of a deployment that are firing and began to after a time; the state before it is not the swap's doing. */
export async function firingAlarms(
  { cloudWatch }: { readonly cloudWatch: CloudWatchClient },
  deploymentId: string,
  since: string,
): Promise<readonly string[]> {
  const AlarmNames = GATES.map((gate) => `${deploymentId}-${gate}`);
  const { MetricAlarms = [] } = await asked(
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm'] })),
    `look at the alarms of ${deploymentId}`,
  );
  return MetricAlarms.filter((alarm) => isFiring(alarm) && beganAt(alarm) > Date.parse(since)).flatMap(
    ({ AlarmName }) => AlarmName ?? [],
  );
}

const isFiring = ({ StateValue }: MetricAlarm): boolean => StateValue === 'ALARM';

const beganAt = ({ StateTransitionedTimestamp, StateUpdatedTimestamp }: MetricAlarm): number =>
  (StateTransitionedTimestamp ?? StateUpdatedTimestamp)?.getTime() ?? 0;
