import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { describeStack } from '../../src/adapters/aws/stack-engine/reading.ts';
import { healthOf } from '../../src/adapters/aws/traffic-router/health.ts';
import { weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import { stackName } from '../../src/domain/stack.ts';
import { gitRepository, runGit } from '../fixtures/git-repository.ts';
import { PLAIN_APPLICATION } from './life-under-faults.ts';
import { complaint } from './operator.ts';
import { platformForAll } from './platform-and-operator.ts';

const MINUTES = 60_000;

const suite = platformForAll({ carriesRuntime: false });

/** What serves: the targets of blue, the release on each, its weight, and what new instances would get. */
async function serving() {
  const { platform } = suite();
  const { settings } = platform.proxy.account;
  const facts = {
    cloudFormation: new CloudFormationClient(settings),
    loadBalancing: new ElasticLoadBalancingV2Client(settings),
  };
  const deployment = await platform.store.findDeployment('plain');
  const id = deployment?.id ?? '';
  const balancer = stackName(id, 'load-balancer');
  const targets = await healthOf(facts, balancer, 'blue');
  const compute = await describeStack(facts, stackName(id, 'compute', 'blue'));
  return {
    live: [deployment?.liveColor, deployment?.liveRelease],
    ids: targets.map((target) => target.id).toSorted(),
    states: targets.map(({ state }) => state),
    releases: targets.map((target) => platform.machines.releases.get(target.id)),
    blue: (await weightsOf(facts, balancer)).blue,
    template: compute?.parameters['release'],
    green: await describeStack(facts, stackName(id, 'compute', 'green')),
  };
}

const onEvery = (release: number) => ({
  live: ['blue', release],
  states: ['healthy', 'healthy'],
  releases: [release, release],
  blue: 100,
  template: String(release),
  green: undefined,
});

test(
  'two instances are given a release in place; one that does not start there is taken back; nothing is left in the end',
  async () => {
    const { platform, operate, whatIsLeft } = suite();
    const { folder } = await gitRepository(PLAIN_APPLICATION);
    const commit = (message: string) =>
      runGit(folder, ['commit', '--quiet', '--allow-empty', '--message', message]);
    expect(complaint(await operate('deploy', folder, '--name', 'plain'))).toBe('');
    const first = await serving();
    expect(first).toMatchObject(onEvery(1));

    await commit('second');
    const rolled = await operate('update', 'plain', '--ref', 'main', '--rolling', '--bake', '0');
    expect(complaint(rolled)).toBe('');
    expect(await serving()).toEqual({ ...onEvery(2), ids: first.ids });
    const installed = platform.orders.filter(({ verb }) => verb === 'install');
    expect(installed.map(({ instanceId }) => instanceId).toSorted()).toEqual(first.ids);

    platform.machines.broken.add(3);
    await commit('third');
    const failed = await operate('update', 'plain', '--ref', 'main', '--rolling', '--bake', '0');
    expect([failed.code, failed.err]).toEqual([
      expect.any(Number),
      expect.stringContaining('every instance runs release 2 again'),
    ]);
    expect(failed.code).not.toBe(0);
    expect(await serving()).toEqual({ ...onEvery(2), ids: first.ids });
    // The first failure is the last: the second instance is never touched.
    const touched = platform.orders.filter(({ verb }) => verb === 'install').slice(installed.length);
    expect(new Set(touched.map(({ instanceId }) => instanceId)).size).toBe(1);

    const destroyed = await operate('destroy', 'plain', '--confirm', 'plain');
    expect(complaint(destroyed)).toBe('');
    expect(await whatIsLeft()).toEqual([]);
  },
  6 * MINUTES,
);
