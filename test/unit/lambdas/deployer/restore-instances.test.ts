import { describe, expect, test } from '@jest/globals';
import { rollingDeployment } from '../../../fixtures/rolling-deployment.ts';
import { waitFor } from '../../../fixtures/wait-for.ts';
import { expectAll, restoreAfter } from './rolled-instances.ts';

/** Whether the platform replaces instances that fail, as told last. */
function observedRouter({ ports }: Awaited<ReturnType<typeof rollingDeployment>>) {
  let replaces = true;
  const router: typeof ports.router = {
    ...ports.router,
    deregister: (...call) => {
      replaces = false;
      return ports.router.deregister(...call);
    },
    replaceFailing: async () => {
      replaces = true;
    },
  };
  return { router, replaces: () => replaces };
}

describe('instances that get the old release again', () => {
  test('are started once each, however short the calls are', async () => {
    const rolling = await rollingDeployment();
    const execution = await rolling.begin('update-1', 'good');
    await rolling.roll(execution.id);
    const started: string[] = [];
    const instances = {
      ...rolling.ports.instances,
      start: async (ids: readonly string[]) => {
        started.push(...ids);
        await rolling.ports.instances.start(ids);
      },
    };
    const { router, replaces } = observedRouter(rolling);
    await waitFor(() => restoreAfter(rolling, execution, { instances, router }, 0));
    expect(replaces()).toBe(true);
    expect(started.toSorted()).toEqual((await rolling.instances()).map(({ id }) => id).toSorted());
    await expectAll(rolling, 1);
  });

  test('have a bounded time; then it is said which has it not, and what to do, and the next attempt has all its time', async () => {
    const rolling = await rollingDeployment();
    const execution = await rolling.begin('update-1', 'good');
    await rolling.roll(execution.id);
    let late = 0;
    const clock = {
      ...rolling.ports.clock,
      now: () => new Date(Date.parse(rolling.ports.clock.now()) + late * 1000).toISOString(),
    };
    const instances = { ...rolling.ports.instances, install: async () => false };
    const { router, replaces } = observedRouter(rolling);
    const restore = () => restoreAfter(rolling, execution, { clock, instances, router }, 0);
    await waitFor(async () => {
      expect(await restore()).toBe(false);
      return (await rolling.instances()).find(({ state }) => state === 'stopped');
    });
    expect(replaces()).toBe(false);
    late = 1_201;
    const stopped = (await rolling.instances()).find(({ state }) => state === 'stopped')?.id ?? '';
    await expect(restore()).rejects.toMatchObject({
      code: 'StageTimedOut',
      message: expect.stringContaining(`${stopped} has release 2 (stopped, target absent)`),
      hint: expect.stringMatching(/hivemind update shop without --rolling/),
    });
    // An instance in the place of one that stays down would have the right release.
    expect(replaces()).toBe(true);
    const events = await rolling.store.listEvents({ executionId: execution.id });
    const told = events.find(({ type }) => type === 'warning');
    expect(told?.message).toContain(stopped);
    expect(await restoreAfter(rolling, execution, { clock })).toBe(true);
    await expectAll(rolling, 1);
  });
});
