import { describe, expect, test } from '@jest/globals';
import { polledEvents } from '../../../../apps/api/aws-event-feed.ts';
import { localDeploymentStore } from '../../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../../src/adapters/local/state-database.ts';
import type { EventType } from '../../../../src/domain/events.ts';
import { stillClock } from '../../../fixtures/still-clock.ts';

/** A store whose clock does something at every pause of the feed, as the agents would meanwhile. */
async function feedWith(duringPauses: readonly (() => Promise<unknown>)[] = []) {
  const pauses: number[] = [];
  const store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock: stillClock() });
  const clock = {
    ...stillClock(),
    sleep: async (milliseconds: number) => {
      await duringPauses[pauses.push(milliseconds) - 1]?.();
    },
  };
  await store.createExecution({
    id: 'e-1',
    deploymentId: 'shop-abc234',
    deploymentName: 'shop',
    workflow: 'destroy',
    status: 'RUNNING',
    settings: { snapshot: true },
    startedAt: clock.now(),
    endedAt: null,
    actor: 'ada@desk',
    cancelRequested: false,
  });
  return { store, pauses, feed: polledEvents({ store, clock }) };
}

type Feed = Awaited<ReturnType<typeof feedWith>>;

const append = ({ store }: Feed, type: EventType, message: string = type) =>
  store.appendEvent({ deploymentId: 'd', executionId: 'e-1', actor: 'a', type, message, data: {} });

async function read({ feed }: Feed, after = 0, signal = new AbortController().signal): Promise<string[]> {
  const seen: string[] = [];
  for await (const { message } of feed.of('e-1', after, signal)) seen.push(message);
  return seen;
}

describe('events of a control plane that has to be asked', () => {
  test('come once and in order, until the execution has finished', async () => {
    const steps: (() => Promise<unknown>)[] = [];
    const world = await feedWith(steps);
    await append(world, 'execution.started');
    steps.push(
      () => append(world, 'stage.started'),
      async () => undefined,
      async () => {
        await append(world, 'stage.finished');
        await append(world, 'execution.finished');
        await append(world, 'warning', 'too late');
      },
    );
    expect(await read(world)).toEqual([
      'execution.started',
      'stage.started',
      'stage.finished',
      'execution.finished',
    ]);
  });

  test('go on after the last one that was seen', async () => {
    const world = await feedWith();
    const { sequence } = await append(world, 'execution.started');
    await append(world, 'execution.finished');
    expect(await read(world, sequence)).toEqual(['execution.finished']);
  });

  test('are asked for less often while nothing happens', async () => {
    const steps: (() => Promise<unknown>)[] = Array(8).fill(async () => undefined);
    const world = await feedWith(steps);
    steps.push(
      () => append(world, 'stage.started'),
      () => append(world, 'execution.finished'),
    );
    await read(world);
    expect(world.pauses.slice(0, 4)).toEqual([750, 1125, 1687.5, 2531.25]);
    expect(world.pauses.slice(4, 9)).toEqual([3000, 3000, 3000, 3000, 3000]);
    expect(world.pauses.at(-1)).toBe(500);
  });

  test('end with an execution whose last event was never written', async () => {
    const world = await feedWith();
    await append(world, 'execution.started');
    await world.store.updateExecution('e-1', { status: 'FAILED' });
    expect(await read(world)).toEqual(['execution.started']);
  });

  test('end when nobody listens any more', async () => {
    const gone = new AbortController();
    const world = await feedWith([async () => gone.abort()]);
    expect(await read(world, 0, gone.signal)).toEqual([]);
    expect(world.pauses).toHaveLength(1);
  });
});
