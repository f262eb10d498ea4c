import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { awsTrafficRouter } from '../../src/adapters/aws/traffic-router.ts';
import type { TrafficRouter } from '../../src/ports/traffic-router.ts';
import { openAccount } from './account.ts';
import { BlueprintDeployment } from './blueprint-engine.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall, throttled } from './proxy.ts';
import { refusal } from './query-answers.ts';
import { BRISK_CLOCK } from './stack-engine.ts';

const patience = { patienceSeconds: 20 };
const targets = ['i-1', 'i-2'].map((id) => ({ id, host: '10.0.0.1', port: 8080 }));

let proxy: AwsProxy;
let deployment: BlueprintDeployment;
let name: string;
let router: TrafficRouter;
let decide: (call: ProxiedCall) => Fate;

beforeAll(async () => {
  decide = () => 'pass';
  // The groups of the instances have gone, as when somebody has deleted a compute stack by hand.
  const groupGone = refusal('ValidationError', 'AutoScalingGroup name not found');
  proxy = await openProxy(await openAccount(), (call) =>
    call.service === 'autoscaling' ? groupGone : decide(call),
  );
  deployment = await BlueprintDeployment.open(proxy.account);
  await deployment.network();
  ({ name } = await deployment.loadBalancer({ deletionProtection: 'true' }));
  router = awsTrafficRouter({
    cloudFormation: new CloudFormationClient(proxy.account.settings),
    autoScaling: new AutoScalingClient(proxy.account.settings),
    loadBalancing: new ElasticLoadBalancingV2Client(proxy.account.settings),
    secretsManager: new SecretsManagerClient(proxy.account.settings),
    clock: BRISK_CLOCK,
  });
});
afterAll(() => proxy.close());
beforeEach(() => {
  decide = () => 'pass';
});

/** A swap, as the Deployer makes one. */
async function swap(): Promise<void> {
  await router.shift(name, { blue: 100, green: 0 });
  await router.register(name, 'green', targets);
  const health = await router.health(name, 'green');
  expect(health.map(({ id }) => id).toSorted()).toEqual(['i-1', 'i-2']);
  await router.shift(name, { blue: 0, green: 100 });
  expect(await router.weights(name)).toEqual({ blue: 0, green: 100 });
  expect(await router.deregister(name, 'green', ['i-1', 'i-2'], patience)).toBe(true);
  expect(await router.health(name, 'green')).toEqual([]);
  expect((await router.probeRoute(name, 'blue')).url).toMatch(/^http:/);
}

test('a throttling storm of 20 % of all calls changes nothing but the time', async () => {
  let call = 0;
  decide = (seen) => ((call++ * 7) % 5 === 0 ? throttled(seen) : 'pass');
  await swap();
});

test('a call that is executed and whose answer gets lost has its effect once', async () => {
  const MUTATING = /^(ModifyListener|RegisterTargets|DeregisterTargets)$/;
  const lost = new Map<string, number>();
  decide = ({ action }) => {
    const times = (lost.get(action) ?? 0) + 1;
    if (!MUTATING.test(action)) return 'pass';
    lost.set(action, times);
    return times % 2 === 1 ? 'lose' : 'pass';
  };
  await swap();
  expect(lost.size).toBe(3);
});

test.each([
  ['ExpiredToken', 'CredentialsExpired'],
  ['AccessDenied', 'AccessDenied'],
])('%s is told by every method', async (refused, code) => {
  decide = () => refusal(refused, 'no');
  const calls = [
    () => router.register(name, 'blue', targets),
    () => router.deregister(name, 'blue', ['i-1'], patience),
    () => router.health(name, 'blue'),
    () => router.healthChange(name, 'blue', [], patience),
    () => router.shift(name, { blue: 50, green: 50 }),
    () => router.weights(name),
    () => router.probeRoute(name, 'blue'),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code, hint: expect.any(String) });
});

test.each([
  ['TooManyTargets', 'QuotaExceeded'],
  ['InvalidTarget', 'InstanceNotFound'],
])('%s registers nothing', async (refused, code) => {
  decide = ({ action }) => (action === 'RegisterTargets' ? refusal(refused, 'no') : 'pass');
  await expect(router.register(name, 'blue', targets)).rejects.toMatchObject({ code });
  expect(await router.health(name, 'blue')).toEqual([]);
});

test('weights that the load balancer does not take over are not taken for granted', async () => {
  const before = await router.weights(name);
  const other = before.blue === 70 ? 60 : 70;
  decide = ({ action }) =>
    action === 'ModifyListener'
      ? {
          status: 200,
          contentType: 'text/xml',
          body: '<ModifyListenerResponse><ModifyListenerResult/></ModifyListenerResponse>',
        }
      : 'pass';
  const shifted = router.shift(name, { blue: other, green: 100 - other });
  await expect(shifted).rejects.toMatchObject({ code: 'AwsUnavailable' });
  decide = () => 'pass';
  expect(await router.weights(name)).toEqual(before);
});
