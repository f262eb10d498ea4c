import { expect, test } from '@jest/globals';
import type { DeployerPorts } from '../../../../lambdas/deployer/ports.ts';
import { release } from '../../../../lambdas/deployer/release.ts';
import type { ReleaseExecution } from '../../../../src/domain/execution.ts';
import { analysedOutput } from '../../../../src/stages/outputs.ts';
import { plan } from '../../../fixtures/cli/documents.ts';
import { finishStage } from '../../../fixtures/finished-stage.ts';
import { timerClock } from '../../../fixtures/world/clock.ts';
import { worldPlatform } from '../../../fixtures/world/platform.ts';
import { newWorld } from '../../../fixtures/world/world.ts';

const COMPUTE = 'shop-1-compute-blue';
const BALANCER = 'shop-1-load-balancer';
const call = { patienceSeconds: 10, signal: new AbortController().signal };
const source = { repository: 'shop', commit: 'c', tree: 't', subject: '', warnings: [] };

/** Deploys in a world whose load balancer finds the instances of a group by itself, as that of AWS does. */
function scene() {
  const platform = worldPlatform(newWorld(), timerClock);
  const health: DeployerPorts['router']['health'] = async () =>
    (await platform.instances.list(COMPUTE)).map(({ id }) => ({
      id,
      state: 'healthy',
      reason: null,
      lastStatus: 200,
      consecutive: 5,
    }));
  const ports: DeployerPorts = { ...platform, router: { ...platform.router, health } };
  const processes = JSON.stringify(plan().processes.value.map((each) => ({ ...each, count: 1 })));
  const make = (name: string, blueprint: 'compute' | 'load-balancer', parameters: Record<string, string>) =>
    platform.stacks.deploy(
      { name, blueprint, deploymentId: 'shop-1', parameters, tags: {}, token: name },
      call,
    );
  return {
    platform,
    makeCompute: () => make(COMPUTE, 'compute', { processes, artifact: 'a1', release: '1' }),
    makeBalancer: () => make(BALANCER, 'load-balancer', {}),
    /** Returns the ids on record. */
    deploy: async (id: string): Promise<unknown> => {
      const execution = {
        id,
        deploymentId: 'shop-1',
        deploymentName: 'shop',
        workflow: 'deploy',
        status: 'RUNNING',
        settings: {
          target: 'local',
          source: { kind: 'folder', path: '/srv/shop', workingTree: false },
          stage: 'stage-1',
          whatIf: false,
          environmentNames: [],
          startTimeoutSeconds: 10,
        },
        startedAt: timerClock.now(),
        endedAt: null,
        actor: 'ada@desk',
        cancelRequested: false,
      } as const satisfies ReleaseExecution;
      const { store } = platform;
      await store.createExecution(execution);
      await finishStage(
        store,
        execution,
        'analyse',
        analysedOutput.parse({ source, plan: plan(), confidence: 1 }),
      );
      await finishStage(store, execution, 'compute', { stack: COMPUTE, color: 'blue', release: 1 });
      await finishStage(store, execution, 'load-balancer', { stack: BALANCER, outputs: {} });
      expect(await release(ports, execution, call)).toEqual({ finished: true });
      const runs = await store.listStageRuns(id);
      return runs.find(({ stage }) => stage === 'release')?.output?.['instances'];
    },
  };
}

test('a release that was recorded for instances that are gone is started on those that are there', async () => {
  const { platform, makeCompute, makeBalancer, deploy } = scene();
  const ids = async () => (await platform.instances.list(COMPUTE)).map(({ id }) => id);
  await makeBalancer();
  await makeCompute();
  const first = await ids();
  expect(await deploy('deploy-1')).toEqual(first);
  expect(await deploy('deploy-2')).toEqual(first);
  await platform.stacks.remove(COMPUTE, call);
  await makeCompute();
  // A group starts what it makes by itself.
  await platform.instances.start(await ids());
  expect(await ids()).not.toEqual(first);
  expect(await deploy('deploy-3')).toEqual(await ids());
});
