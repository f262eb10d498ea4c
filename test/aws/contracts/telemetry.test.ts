import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/adapters/anywhere/clock.ts';
import { awsTelemetry } from '../../../src/adapters/aws/telemetry.ts';
import { INSTANCE_METRICS_NAMESPACE } from '../../../src/contracts/instance-program.ts';
import type { LogLine } from '../../../src/domain/log-line.ts';
import type { Stack } from '../../../src/domain/stack.ts';
import type { Instance } from '../../../src/ports/instance-commands.ts';
import { telemetryContract } from '../../contracts/telemetry.contract.ts';
import { type Account, openAccount } from '../account.ts';
import { madeStack } from '../made-stack.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall, throttled } from '../proxy.ts';

const logGroup = '/hivemind/deployments';
const nothing = { list: async () => [] };

interface Opening {
  readonly account?: Account;
  readonly stacks?: readonly Stack[];
  readonly instances?: readonly Instance[];
}

async function open({ account, stacks = [], instances = [] }: Opening = {}) {
  const { settings } = account ?? (await openAccount());
  const logs = new CloudWatchLogsClient(settings);
  await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
  const cloudWatch = new CloudWatchClient(settings);
  const telemetry = awsTelemetry({
    logs,
    logGroup,
    cloudWatch,
    clock: { sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 20), signal) },
    stacks: { ...nothing, list: async () => stacks },
    instances: { list: async (stack) => instances.filter((instance) => instance.stack === stack) },
  });
  return { telemetry, logs, cloudWatch };
}

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

async function openBehind(fate: (call: ProxiedCall) => Fate) {
  const proxy = await openProxy(await openAccount(), fate);
  proxies.push(proxy);
  return { ...(await open({ account: proxy.account })), calls: proxy.calls };
}

const line = (text: string, milliseconds = Date.now()): LogLine => ({
  time: new Date(milliseconds).toISOString(),
  source: 'instance',
  name: 'i-1',
  text,
});

/** The batches that the service was sent, a repeated one as often as it was sent. */
const puts = (calls: readonly ProxiedCall[]): readonly { timestamp: number; message: string }[][] =>
  calls
    .filter(({ action }) => action === 'PutLogEvents')
    .map(({ body }) => JSON.parse(Buffer.from(body, 'latin1').toString('utf8')).logEvents);

describe('telemetry on AWS', () => {
  telemetryContract(async () => (await open()).telemetry);

  test('keeps each source and name in a stream of its own', async () => {
    const { telemetry, logs } = await open();
    telemetry.log('shop-1', line('one'));
    telemetry.log('shop-1', { ...line('two'), source: 'agent', name: 'recon' });
    await telemetry.flush();
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: logGroup }));
    expect(logStreams.map(({ logStreamName }) => logStreamName).sort()).toEqual([
      'shop-1/agent/recon',
      'shop-1/instance/i-1',
    ]);
  });

  test('gives control characters back as they came', async () => {
    const { telemetry } = await open();
    telemetry.log('shop-1', line('\u001b[31mred\u001b[2J \u202e{}'));
    expect(await telemetry.read({ deploymentId: 'shop-1' })).toMatchObject([
      { text: '\u001b[31mred\u001b[2J \u202e{}' },
    ]);
  });

  test('merges streams by time and gives the newest of them', async () => {
    const { telemetry } = await open();
    const now = Date.now();
    for (let second = 0; second < 10; second += 1) {
      telemetry.log('shop-1', { ...line(String(second), now + second * 1_000), name: `i-${second % 3}` });
    }
    const read = async (tail: number) =>
      (await telemetry.read({ deploymentId: 'shop-1', tail })).map(({ text }) => text).join('');
    expect(await read(100)).toBe('0123456789');
    expect(await read(4)).toBe('6789');
    expect(await read(0)).toBe('');
  });

  test('sends what the service takes at once, in the order of time', async () => {
    const { telemetry, calls } = await openBehind(() => 'pass');
    const now = Date.now();
    const hour = 3_600_000;
    telemetry.log('shop-1', line('now', now));
    telemetry.log('shop-1', line('two days ago', now - 48 * hour));
    for (let count = 0; count < 5; count += 1)
      telemetry.log('shop-1', line('ä'.repeat(200_000), now + count));
    await telemetry.flush();
    const [missing, ...batches] = puts(calls);
    expect(missing).toEqual(batches[0]);
    expect(batches.map(([first]) => first?.message.slice(0, 12))).toEqual([
      'two days ago',
      'now',
      'ä'.repeat(12),
    ]);
    for (const batch of batches) {
      const bytes = batch.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
      expect(bytes).toBeLessThanOrEqual(1_048_576);
      const times = batch.map(({ timestamp }) => timestamp);
      expect(times).toEqual([...times].sort((one, other) => one - other));
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(24 * hour);
      expect(Math.max(...batch.map(({ message }) => Buffer.byteLength(message)))).toBeLessThanOrEqual(
        262_144,
      );
    }
  });

  test('loses lines rather than fail, and says so', async () => {
    let broken = true;
    const { telemetry } = await openBehind(({ action }) =>
      action === 'PutLogEvents' && broken
        ? { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }) }
        : 'pass',
    );
    telemetry.log('shop-1', line('lost'));
    telemetry.log('shop-1', line('lost too'));
    await telemetry.flush();
    broken = false;
    telemetry.log('shop-1', line('kept'));
    const texts = (await telemetry.read({ deploymentId: 'shop-1' })).map(({ text }) => text);
    expect(texts).toEqual(['2 lines of this log were lost: AccessDeniedException', 'kept']);
  });

  test('outlasts throttling', async () => {
    let calls = 0;
    const { telemetry } = await openBehind((call) => {
      calls += 1;
      return calls % 3 === 0 ? throttled(call) : 'pass';
    });
    telemetry.log('shop-1', line('one'));
    expect(await telemetry.read({ deploymentId: 'shop-1' })).toMatchObject([{ text: 'one' }]);
  });

  test('follows what others write, also when it comes late', async () => {
    const account = await openAccount();
    const { telemetry } = await open({ account });
    const now = Date.now();
    telemetry.log('shop-1', line('left out', now - 2_000));
    telemetry.log('shop-1', line('last', now - 1_000));
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { text } of telemetry.follow({ deploymentId: 'shop-1', tail: 1 }, stop.signal)) {
      seen.push(text);
      if (text === 'last') {
        telemetry.log('shop-1', line('same', now));
        telemetry.log('shop-1', line('same', now));
        telemetry.log('shop-1', { ...line('late', now - 500), name: 'i-2' });
        await telemetry.flush();
      }
      if (seen.length === 4) {
        telemetry.log('shop-1', line('end'));
        await telemetry.flush();
      }
      if (text === 'end') stop.abort();
    }
    expect(seen).toEqual(['last', 'late', 'same', 'same', 'end']);
  });

  test('measures the load balancer and the instances', async () => {
    const instance = (id: string): Instance => ({
      id,
      stack: 'shop-1-compute',
      process: 'web',
      exposed: true,
      host: '10.0.0.1',
      port: 8080,
      state: 'running',
      restarts: 1,
      lastExit: null,
    });
    const { telemetry, cloudWatch } = await open({
      stacks: [madeStack('load-balancer', { loadBalancerFullName: 'app/shop/1' }), madeStack('compute')],
      instances: [instance('i-1'), instance('i-2')],
    });
    const put = (Namespace: string, name: string, Value: number, dimensions: Record<string, string>) =>
      cloudWatch.send(
        new PutMetricDataCommand({
          Namespace,
          MetricData: [
            {
              MetricName: name,
              Value,
              Timestamp: new Date(Date.now() - 120_000),
              Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value })),
            },
          ],
        }),
      );
    const balancer = { LoadBalancer: 'app/shop/1' };
    await put('AWS/ApplicationELB', 'RequestCount', 12, balancer);
    await put('AWS/ApplicationELB', 'HTTPCode_Target_2XX_Count', 10, balancer);
    await put('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 1, balancer);
    await put('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 1, balancer);
    await put('AWS/ApplicationELB', 'ActiveConnectionCount', 4, balancer);
    await put('AWS/EC2', 'CPUUtilization', 37.5, { InstanceId: 'i-1' });
    const memory = { AutoScalingGroupName: 'shop-1-compute', InstanceId: 'i-1' };
    await put(INSTANCE_METRICS_NAMESPACE, 'mem_used', 123_456_789, memory);
    expect(await telemetry.metrics('shop-1')).toMatchObject({
      windowSeconds: 900,
      requests: 12,
      responses: { '2xx': 10, '3xx': 0, '4xx': 0, '5xx': 2 },
      openConnections: 4,
      instances: [
        { id: 'i-1', state: 'running', restarts: 1, cpuPercent: 37.5, memoryBytes: 123_456_789 },
        { id: 'i-2', cpuPercent: null, memoryBytes: null },
      ],
    });
  });
});
