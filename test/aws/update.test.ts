import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { describeStack } from '../../src/adapters/aws/stack-engine/reading.ts';
import { weightsOf } from '../../src/adapters/aws/traffic-router/weights.ts';
import type { Color } from '../../src/domain/deployment.ts';
import { type BlueprintName, stackName } from '../../src/domain/stack.ts';
import { gitRepository, runGit } from '../fixtures/git-repository.ts';
import { sessionIn } from './aws-session.ts';
import { PLAIN_APPLICATION } from './life-under-faults.ts';
import { complaint } from './operator.ts';
import { platformForAll } from './platform-and-operator.ts';

const MINUTES = 60_000;
const BRISK = ['--steps', '50,100', '--bake', '0'];

const suite = platformForAll({ carriesRuntime: false });

/** Where the requests go, what the template says about that, and what the record says. */
async function traffic() {
  const { platform } = suite();
  const { settings } = platform.proxy.account;
  const cloudFormation = new CloudFormationClient(settings);
  const loadBalancing = new ElasticLoadBalancingV2Client(settings);
  const deployment = await platform.store.findDeployment('plain');
  const balancer = `${deployment?.id}-load-balancer`;
  const stack = await describeStack({ cloudFormation }, balancer);
  const weights = await weightsOf({ cloudFormation, loadBalancing }, balancer);
  return { live: deployment?.liveColor, template: stack?.parameters['activeColor'], weights };
}

/** What a stack of the deployment was asked for. */
async function stackOf(blueprint: BlueprintName, color?: Color) {
  const { platform } = suite();
  const cloudFormation = new CloudFormationClient(platform.proxy.account.settings);
  const deployment = await platform.store.findDeployment('plain');
  const name = stackName(deployment?.id ?? '', blueprint, color);
  return (await describeStack({ cloudFormation }, name))?.parameters;
}

const RECORDED = 'everything is as recorded\n';

/** Keys of what is stored of repositories. */
async function storedSources(): Promise<readonly (string | undefined)[]> {
  const { platform } = suite();
  const s3 = new S3Client(platform.proxy.account.settings);
  const list = new ListObjectsV2Command({ Bucket: platform.controlPlane.artifactBucket, Prefix: 'sources/' });
  return ((await s3.send(list)).Contents ?? []).map(({ Key }) => Key);
}

const BLUE = { live: 'blue', template: 'blue', weights: { blue: 100, green: 0 } };
const GREEN = { live: 'green', template: 'green', weights: { blue: 0, green: 100 } };

test(
  'a deployment is updated, rolled back, upgraded and destroyed, and nothing is left',
  async () => {
    const { platform, home, operate, whatIsLeft } = suite();
    const drift = async () => {
      const session = await sessionIn(platform.proxy.account, { home });
      await session.run('reconcile', 'plain', '--no-input');
      return session.stdout.text + session.stderr.text;
    };
    const { folder } = await gitRepository(PLAIN_APPLICATION);
    const first = await operate('deploy', folder, '--name', 'plain', '--stage-1');
    expect(complaint(first)).toBe('');
    expect(await traffic()).toEqual(BLUE);
    expect(await drift()).toBe(RECORDED);

    await runGit(folder, ['commit', '--quiet', '--allow-empty', '--message', 'second']);
    const changes = ['--ref', 'main', '--env', 'GREETING=hello', '--set', 'healthCheckPath=/healthz'];
    const updated = await operate('update', 'plain', ...changes, ...BRISK);
    expect(updated.err + updated.out).toContain('release 2');
    expect(complaint(updated)).toBe('');
    expect(await traffic()).toEqual(GREEN);
    // The release before it does not know the path of the new one.
    expect(await stackOf('load-balancer')).toMatchObject({
      blueHealthCheckPath: '/',
      greenHealthCheckPath: '/healthz',
    });
    expect(await platform.store.findDeployment('plain')).toMatchObject({
      status: 'ACTIVE',
      liveRelease: 2,
      previousRelease: 1,
      warm: { color: 'blue', release: 1 },
    });
    expect(await drift()).toBe(RECORDED);

    const builds = platform.codebuild.started;
    const back = await operate('rollback', 'plain');
    expect(complaint(back)).toBe('');
    expect(await traffic()).toEqual(BLUE);
    expect(await platform.store.findDeployment('plain')).toMatchObject({
      status: 'ROLLED_BACK',
      liveRelease: 1,
    });
    expect(await drift()).toBe(RECORDED);

    const upgraded = await operate('upgrade', 'plain', '--to-production', ...BRISK);
    expect(complaint(upgraded)).toBe('');
    expect(await traffic()).toEqual(GREEN);
    expect(await platform.store.findDeployment('plain')).toMatchObject({
      status: 'ACTIVE',
      stage: 'production',
    });
    expect(await drift()).toBe(RECORDED);
    expect(platform.codebuild.started).toBe(builds);
    // What stands cannot move: more instances, in the network of stage 1, which has no NAT gateway.
    expect(await stackOf('compute', 'green')).toMatchObject({
      variant: 'web-production',
      instanceCount: '2',
      networkStack: 'hivemind-network-stage-1',
      publicAddress: 'true',
    });

    const destroyed = await operate('destroy', 'plain', '--confirm', 'plain');
    expect(destroyed.err + destroyed.out).toContain('nothing is left');
    expect(complaint(destroyed)).toBe('');
    expect(await whatIsLeft()).toEqual([]);
    expect(await storedSources()).toEqual([]);
  },
  6 * MINUTES,
);
