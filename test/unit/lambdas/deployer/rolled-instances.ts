import { expect } from '@jest/globals';
import type { DeployerPorts } from '../../../../lambdas/deployer/ports.ts';
import type { SwapExecution } from '../../../../src/domain/execution.ts';
import { restoreInstances } from '../../../../src/stages/restore-instances.ts';
import type { rollingDeployment } from '../../../fixtures/rolling-deployment.ts';

type Rolling = Awaited<ReturnType<typeof rollingDeployment>>;

/** Every instance runs the release and is healthy, and traffic sees it. */
export async function expectAll(rolling: Rolling, release: number): Promise<void> {
  const instances = await rolling.instances();
  expect(instances).toHaveLength(2);
  for (const instance of instances) expect(instance).toMatchObject({ release, state: 'running' });
  const health = await rolling.ports.router.health(rolling.balancer, 'blue');
  const states = health.filter(({ state }) => state !== 'draining').map(({ id, state }) => [id, state]);
  expect(states.sort()).toEqual(instances.map(({ id }) => [id, 'healthy']).sort());
  expect(await (await fetch(rolling.url)).text()).toBe(`release ${release}`);
}

/** What the clean-up does with the instances. */
export async function restoreAfter(
  { ports, store, stacks }: Rolling,
  execution: SwapExecution,
  change: Partial<DeployerPorts> = {},
  patienceSeconds = 60,
): Promise<boolean> {
  const deployment = await store.findDeployment('shop-1');
  if (!deployment) throw new Error('the deployment is gone');
  const call = { patienceSeconds, signal: new AbortController().signal };
  return restoreInstances({ ...ports, ...change }, execution, deployment, await stacks.list('shop-1'), call);
}
