import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsTrafficRouter } from '../../../src/adapters/aws/traffic-router.ts';
import { COLORS, type Color } from '../../../src/domain/deployment.ts';
import { type Stack, stackName } from '../../../src/domain/stack.ts';
import {
  type TrafficRouterUnderTest,
  trafficRouterContract,
} from '../../contracts/traffic-router.contract.ts';
import { openAccount } from '../account.ts';
import { makeGroup } from '../auto-scaling-group.ts';
import { BlueprintDeployment } from '../blueprint-engine.ts';
import { type AwsProxy, type Fate, openProxy, type ProxiedCall } from '../proxy.ts';
import { refusal } from '../query-answers.ts';
import { BRISK_CLOCK } from '../stack-engine.ts';

/** What the load balancer finds: the emulator has no data plane and calls every target healthy. */
type Health = (id: string) => {
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
};

interface Answers {
  readonly health?: Health;
  /** Whether somebody has deleted the load balancer by hand. */
  readonly gone?: boolean;
}

interface Opened extends TrafficRouterUnderTest {
  readonly proxy: AwsProxy;
  readonly stack: Stack;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
  readonly answer: (answers: Answers) => void;
}

const groupOf = ({ deploymentId }: Stack, color: Color): string => stackName(deploymentId, 'compute', color);

let opened: Opened;
beforeAll(async () => {
  opened = await openOnce();
});
afterAll(() => opened.proxy.close());

/** One load balancer for all tests, because making one takes longer than they do. */
async function openOnce(): Promise<Opened> {
  const account = await openAccount();
  const deployment = await BlueprintDeployment.open(account);
  await deployment.network();
  const stack = await deployment.loadBalancer();
  let answers: Answers = {};
  const proxy = await openProxy(account, (call) => fateOf(call, answers));
  const { settings } = proxy.account;
  const loadBalancing = new ElasticLoadBalancingV2Client(settings);
  const autoScaling = new AutoScalingClient(settings);
  for (const color of COLORS) {
    await makeGroup(autoScaling, { name: groupOf(stack, color), count: 1 });
  }
  return {
    router: awsTrafficRouter({
      cloudFormation: new CloudFormationClient(settings),
      loadBalancing,
      autoScaling,
      secretsManager: new SecretsManagerClient(settings),
      clock: BRISK_CLOCK,
    }),
    loadBalancer: stack.name,
    forwards: false,
    sicken: () => {
      const timeout = { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' };
      answers = { health: () => timeout };
    },
    stop: async () => undefined,
    proxy,
    stack,
    loadBalancing,
    autoScaling,
    answer: (next) => {
      answers = next;
    },
  };
}

/** As it was when it was made. */
async function reopen(): Promise<Opened> {
  const { router, loadBalancer, loadBalancing, stack, answer } = opened;
  answer({});
  for (const color of COLORS) {
    const ids = (await router.health(loadBalancer, color)).map(({ id }) => id);
    await router.deregister(loadBalancer, color, ids, { patienceSeconds: 5 });
  }
  const { listenerArn, blueTargetGroupArn } = stack.outputs;
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: blueTargetGroupArn }];
  await loadBalancing.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions }));
  return opened;
}

function fateOf({ service, action }: ProxiedCall, { health, gone }: Answers): Fate {
  if (gone && service === 'elasticloadbalancing') return refusal('TargetGroupNotFound', 'it is gone');
  return action === 'DescribeTargetHealth' && health ? { rewrite: found(health) } : 'pass';
}

const found =
  (health: Health) =>
  (body: string): string =>
    body.replace(/<member>.*?<\/member>/gs, (member) => {
      const id = /<Id>(.*?)<\/Id>/.exec(member)?.[1] ?? '';
      const { state, reason, description } = health(id);
      const told = `<State>${state}</State>${reason ? `<Reason>${reason}</Reason>` : ''}${description ? `<Description>${description}</Description>` : ''}`;
      return member.replace(/<TargetHealth>.*<\/TargetHealth>/s, `<TargetHealth>${told}</TargetHealth>`);
    });

const target = { id: 'i-1', host: '10.0.0.1', port: 8080 };
const healthWith = async ({ router, loadBalancer, answer }: Opened, health: ReturnType<Health>) => {
  await router.register(loadBalancer, 'blue', [target]);
  answer({ health: () => health });
  return (await router.health(loadBalancer, 'blue'))[0];
};

describe('traffic router on Elastic Load Balancing', () => {
  trafficRouterContract(reopen);

  test.each([
    ['initial', 'Elb.RegistrationInProgress', undefined, 'initial', null],
    ['initial', 'Elb.InitialHealthChecking', undefined, 'initial', null],
    [
      'unhealthy',
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [404, 502]',
      'unhealthy',
      502,
    ],
    ['unhealthy', 'Target.FailedHealthChecks', 'Health checks failed', 'unhealthy', null],
    ['unused', 'Target.InvalidState', 'Target is in the stopped state', 'unhealthy', null],
    ['unused', 'Target.NotInUse', undefined, 'unhealthy', null],
    ['unhealthy.draining', 'Target.DeregistrationInProgress', undefined, 'draining', null],
    ['draining', 'Target.DeregistrationInProgress', undefined, 'draining', null],
    ['unavailable', 'Elb.InternalError', undefined, 'initial', null],
  ])('tells %s because of %s in words', async (state, reason, description, told, lastStatus) => {
    const health = await healthWith(await reopen(), { state, reason, ...(description && { description }) });
    expect(health).toMatchObject({
      id: 'i-1',
      state: told,
      lastStatus,
      reason: expect.stringMatching(/^[a-z]/),
    });
  });

  test('has no reason for a healthy target, and no target that is not registered', async () => {
    const opened = await reopen();
    expect(await healthWith(opened, { state: 'healthy' })).toMatchObject({ state: 'healthy', reason: null });
    expect(await healthWith(opened, { state: 'unused', reason: 'Target.NotRegistered' })).toBeUndefined();
  });

  test('says that targets still drain when patience ends', async () => {
    const { router, loadBalancer, proxy, answer } = await reopen();
    await router.register(loadBalancer, 'green', [target]);
    answer({ health: () => ({ state: 'draining', reason: 'Target.DeregistrationInProgress' }) });
    const before = proxy.calls.length;
    expect(await router.deregister(loadBalancer, 'green', ['i-1'], { patienceSeconds: 0 })).toBe(false);
    expect(await router.deregister(loadBalancer, 'green', ['i-2'], { patienceSeconds: 0 })).toBe(true);
    expect(proxy.calls.slice(before).filter(({ action }) => action === 'DeregisterTargets')).toEqual([]);
  });

  test('keeps Auto Scaling from replacing what drains, or starts, until it serves', async () => {
    const { router, loadBalancer, proxy, stack, autoScaling } = await reopen();
    const suspended = async (color: Color) => {
      const AutoScalingGroupNames = [groupOf(stack, color)];
      const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }),
      );
      return (group?.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).sort();
    };
    for (const color of COLORS) {
      await router.register(loadBalancer, color, [target]);
      await router.replaceFailing(loadBalancer, color);
    }
    expect(await suspended('green')).toEqual([]);
    const before = proxy.calls.length;
    for (let call = 0; call < 2; call += 1) {
      expect(await router.deregister(loadBalancer, 'green', ['i-1'], { patienceSeconds: 5 })).toBe(true);
    }
    expect(await suspended('green')).toEqual(['HealthCheck', 'ReplaceUnhealthy']);
    expect(await suspended('blue')).toEqual([]);
    const told = proxy.calls.slice(before).map(({ action }) => action);
    expect(told.filter((action) => /Suspend|Deregister/.test(action))).toEqual([
      'SuspendProcesses',
      'DeregisterTargets',
    ]);
    await router.register(loadBalancer, 'green', [target]);
    // It may have to start first, and an instance in its place would have the release before.
    expect(await suspended('green')).toEqual(['HealthCheck', 'ReplaceUnhealthy']);
    await router.replaceFailing(loadBalancer, 'green');
    expect(await suspended('green')).toEqual([]);
  });

  test('reaches a colour with the secret of the stack and the header its rules want', async () => {
    const { router, loadBalancer, stack } = await reopen();
    const blue = await router.probeRoute(loadBalancer, 'blue');
    expect(blue.url).toBe(stack.outputs['url']);
    const [header = '', secret = ''] = Object.entries(blue.headers)[0] ?? [];
    expect(header).toBe(stack.outputs['probeHeader']);
    expect(secret).toMatch(/^\w{40}-blue$/);
    expect((await router.probeRoute(loadBalancer, 'green')).headers[header]).toBe(
      secret.replace('-blue', '-green'),
    );
  });

  test('puts weights on both target groups of the listener', async () => {
    const { router, loadBalancer, stack, loadBalancing } = await reopen();
    await router.shift(loadBalancer, { blue: 10, green: 90 });
    const ListenerArns = [stack.outputs['listenerArn'] ?? ''];
    const { Listeners } = await loadBalancing.send(new DescribeListenersCommand({ ListenerArns }));
    expect(Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups).toEqual([
      { TargetGroupArn: stack.outputs['blueTargetGroupArn'], Weight: 10 },
      { TargetGroupArn: stack.outputs['greenTargetGroupArn'], Weight: 90 },
    ]);
  });

  test('fails with AwsRefused when the listener leads elsewhere', async () => {
    const { router, loadBalancer, stack, loadBalancing } = await reopen();
    const FixedResponseConfig = { StatusCode: '503' };
    await loadBalancing.send(
      new ModifyListenerCommand({
        ListenerArn: stack.outputs['listenerArn'],
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig }],
      }),
    );
    await expect(router.weights(loadBalancer)).rejects.toMatchObject({ code: 'AwsRefused' });
  });

  test('fails with TargetGroupNotFound when the target group was deleted by hand', async () => {
    const { router, loadBalancer: name, answer } = await reopen();
    answer({ gone: true });
    const calls = [
      () => router.health(name, 'blue'),
      () => router.register(name, 'blue', [target]),
      () => router.weights(name),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'TargetGroupNotFound' });
  });
});
