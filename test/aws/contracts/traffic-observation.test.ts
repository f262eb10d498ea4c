import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { awsTrafficObservation } from '../../../src/adapters/aws/traffic-observation.ts';
import type { Color } from '../../../src/domain/deployment.ts';
import { trafficObservationContract } from '../../contracts/traffic-observation.contract.ts';
import { openAccount } from '../account.ts';

const BALANCER = 'shop-abc234-load-balancer';
const groupOf = (color: Color): string => `targetgroup/${color}/1`;

/** Outputs as the blueprint has them: the names under which metrics of a load balancer are found. */
const TEMPLATE = {
  Resources: { Nothing: { Type: 'AWS::SNS::Topic' } },
  Outputs: {
    LoadBalancerFullName: { Value: 'app/shop/1' },
    BlueTargetGroupFullName: { Value: groupOf('blue') },
    GreenTargetGroupFullName: { Value: groupOf('green') },
  },
};

interface Counted {
  readonly name: string;
  readonly values: readonly number[];
  readonly secondsAgo?: number;
}

async function open() {
  const { settings } = await openAccount();
  const now = Date.now();
  const cloudFormation = new CloudFormationClient(settings);
  const cloudWatch = new CloudWatchClient(settings);
  await cloudFormation.send(
    new CreateStackCommand({ StackName: BALANCER, TemplateBody: JSON.stringify(TEMPLATE) }),
  );
  const count = (color: Color, { name, values, secondsAgo = 0 }: Counted) =>
    cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/ApplicationELB',
        MetricData: values.map((Value) => ({
          MetricName: name,
          Value,
          Timestamp: new Date(now - secondsAgo * 1_000),
          Dimensions: [
            { Name: 'LoadBalancer', Value: 'app/shop/1' },
            { Name: 'TargetGroup', Value: groupOf(color) },
          ],
        })),
      }),
    );
  const alarm = async (AlarmName: string, StateValue: 'ALARM' | 'OK') => {
    const how = {
      MetricName: 'x',
      Namespace: 'x',
      Period: 60,
      Statistic: 'Sum',
      EvaluationPeriods: 1,
    } as const;
    const ComparisonOperator = 'GreaterThanThreshold';
    await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ComparisonOperator, Threshold: 1, ...how }));
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }));
  };
  const observation = awsTrafficObservation({ cloudFormation, cloudWatch });
  const traffic = (color: Color, secondsAgo: number) =>
    observation.traffic(BALANCER, color, new Date(Date.now() - secondsAgo * 1_000).toISOString());
  return { observation, count, alarm, traffic };
}

describe('traffic observation by CloudWatch', () => {
  trafficObservationContract(async () => {
    const { observation, count } = await open();
    return {
      observation,
      loadBalancer: BALANCER,
      answer: async (color, statuses) => {
        await count(color, { name: 'RequestCount', values: [statuses.length] });
        const failed = statuses.filter((status) => status >= 500).length;
        if (failed > 0) await count(color, { name: 'HTTPCode_Target_5XX_Count', values: [failed] });
        await count(color, { name: 'TargetResponseTime', values: statuses.map(() => 0.02) });
      },
      stop: async () => undefined,
    };
  });

  test('takes requests that did not reach an instance for failed, and never counts more failed ones than requests', async () => {
    const { count, traffic } = await open();
    await count('green', { name: 'RequestCount', values: [2] });
    await count('green', { name: 'HTTPCode_Target_5XX_Count', values: [1] });
    await count('green', { name: 'TargetConnectionErrorCount', values: [3] });
    expect(await traffic('green', 60)).toMatchObject({ requests: 4, errors: 4 });
  });

  test('weighs the latency of each minute by its requests, and leaves out what was before', async () => {
    const { count, traffic } = await open();
    for (const [secondsAgo, requests, seconds] of [
      [600, 1_000, 9],
      [120, 30, 0.1],
      [0, 10, 0.3],
    ] as const) {
      await count('blue', { name: 'RequestCount', values: [requests], secondsAgo });
      await count('blue', { name: 'TargetResponseTime', values: [seconds], secondsAgo });
    }
    const { requests, p95Milliseconds, slowestMilliseconds } = await traffic('blue', 240);
    expect(requests).toBe(40);
    expect(p95Milliseconds).toBeCloseTo(150);
    expect(slowestMilliseconds).toBeCloseTo(300);
  });

  test('tells of alarms about requests that began to fire since, of this deployment', async () => {
    const { observation, alarm } = await open();
    const since = new Date().toISOString();
    await alarm('shop-abc234-http-errors', 'ALARM');
    await alarm('shop-abc234-latency', 'OK');
    await alarm('shop-abc234-cpu', 'ALARM');
    await alarm('shop-abc234-eu-http-errors', 'ALARM');
    expect(await observation.firingAlarms('shop-abc234', since)).toEqual(['shop-abc234-http-errors']);
    const later = new Date(Date.now() + 1_000).toISOString();
    expect(await observation.firingAlarms('shop-abc234', later)).toEqual([]);
  });
});
