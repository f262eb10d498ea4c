import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach } from '@jest/globals';
import { systemClock } from '../../src/adapters/anywhere/clock.ts';
import {
  type InstallingChannel,
  installOnInstance,
} from '../../src/adapters/aws/instance-commands/install.ts';
import { commandsOn, type Fleet } from '../../src/adapters/aws/instance-commands.ts';
import type { InstanceCommands } from '../../src/ports/instance-commands.ts';
import { openAccount } from './account.ts';
import { type InstanceOrder, instanceStandIn, type StandInOptions } from './instance-stand-in.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall } from './proxy.ts';

const proxies: AwsProxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

interface InstallingFleet extends Fleet, InstallingChannel {}

/** As functions have it. */
export const awsInstanceCommands = (fleet: InstallingFleet): InstanceCommands => ({
  ...commandsOn(fleet),
  install: (...order) => installOnInstance(fleet, ...order),
});

export interface TestFleet extends InstallingFleet {
  readonly proxy: AwsProxy;
  /** Everything that instances were told. */
  readonly orders: readonly InstanceOrder[];
}

/**
 * Instances of the emulator whose programs are the test's.
 * @param fate what becomes of other calls; undefined passes them on
 */
export async function openFleet(
  options: StandInOptions,
  fate: (call: ProxiedCall) => Fate | undefined = () => undefined,
): Promise<TestFleet> {
  const standIn = instanceStandIn(options);
  const proxy = await openProxy(await openAccount(), (call) => fate(call) ?? standIn.decide(call) ?? 'pass');
  proxies.push(proxy);
  const { settings } = proxy.account;
  return {
    proxy,
    orders: standIn.orders,
    autoScaling: new AutoScalingClient(settings),
    ec2: new EC2Client(settings),
    ssm: new SSMClient(settings),
    artifacts: { s3: new S3Client(settings), bucket: 'hivemind-artifacts' },
    instanceDocument: 'hivemind-instance',
    clock: { sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 20), signal) },
  };
}
