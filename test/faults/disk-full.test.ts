import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { commitNumber, newWorld, type World } from '../fixtures/world/world.ts';
import { ControlPlane, type Disturbance, type Order } from './control-plane.ts';
import { Faults, NO_FAULTS } from './fault.ts';
import { type Moment, recordProblems, remains, servingProblems } from './invariants.ts';
import { randomFrom } from './random.ts';
import { useVirtualTime } from './virtual-time.ts';

const QUIET: Disturbance = { kills: [], cancelAt: undefined };
/** Longer than the tasks after a failure try again. */
const SECONDS = 120;

beforeAll(async () => void (await import('aws-local-stepfunctions')));
beforeEach(() => useVirtualTime());
afterEach(() => {
  jest.clearAllTimers();
  jest.useRealTimers();
});

/** A deployment with records on a disk of its own. */
function scene() {
  const world: World = newWorld();
  const control = new ControlPlane(world, new Faults(NO_FAULTS, 0), 'production');
  const moment = async (): Promise<Moment> => {
    const deployment = await control.store.findDeployment('shop');
    if (!deployment) throw new Error('there is no deployment');
    return { world, store: control.store, deployment, stacks: await control.stacks(deployment.id) };
  };
  return {
    world,
    control,
    moment,
    problems: async () => servingProblems(await moment()),
    /** @param seed decides whether the old release is kept warm, and whether an update is rolling */
    order: (order: Order, seed: number, disturbance = QUIET) => {
      if (order === 'update') world.commit = commitNumber(Number.parseInt(world.commit, 16) + 1);
      return control.carryOut(order, {
        random: randomFrom(seed),
        faults: new Faults(NO_FAULTS, 0),
        disturbance,
        mustServe: order !== 'deploy' && order !== 'destroy',
      });
    },
  };
}

/** Seeds of an update that keeps nothing warm, of one that does, and of a rolling one. */
const COLD = 2;
const WARM = 3;
const ROLLING = 1;

describe('a disk that is full', () => {
  test.each([
    ['drains what was live', 'deployer retire', COLD],
    ['makes the release permanent', 'deployer complete', COLD],
    ['shifts the traffic', 'deployer shift', COLD],
    ['starts the release', 'deployer start', WARM],
    ['replaces the instances', 'deployer roll', ROLLING],
  ])(
    'while an update %s is told as that, somebody answers all the time, and the next one goes well',
    async (_, task, seed) => {
      const { order, control, problems, moment } = scene();
      await order('deploy', COLD);
      const update = await order('update', seed, { ...QUIET, full: { task, seconds: SECONDS } });
      expect(update).toMatchObject({ status: 'FAILED', failure: { code: 'DiskFull' } });
      expect(update.failure?.hint).not.toBe('');
      expect(control.outages).toEqual([]);
      expect(await recordProblems(control.store, update)).toEqual([]);
      const next = await order('update', COLD);
      expect(next).toMatchObject({ status: 'SUCCEEDED' });
      expect(control.outages).toEqual([]);
      expect(await problems()).toEqual([]);
      expect(await order('destroy', COLD)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await remains(await moment())).toEqual([]);
    },
  );

  test('while a warm release is removed leaves the live one alone, and what is left goes with the next change', async () => {
    const { order, control, problems } = scene();
    await order('deploy', COLD);
    expect(await order('update', WARM)).toMatchObject({ status: 'SUCCEEDED' });
    const full = { task: 'janitor retire', seconds: SECONDS };
    const retire = await order('retire', COLD, { ...QUIET, full });
    expect(retire).toMatchObject({ status: 'FAILED', failure: { code: 'DiskFull' } });
    expect(control.outages).toEqual([]);
    expect(await order('update', COLD)).toMatchObject({ status: 'SUCCEEDED' });
    expect(control.outages).toEqual([]);
    expect(await problems()).toEqual([]);
  });

  test('while a deployment is removed is told as that, and the next removal leaves nothing', async () => {
    const { order, moment } = scene();
    await order('deploy', COLD);
    const full = { task: 'janitor remove-compute', seconds: SECONDS };
    const first = await order('destroy', COLD, { ...QUIET, full });
    expect(first).toMatchObject({ status: 'FAILED', failure: { code: 'DiskFull' } });
    expect(await order('destroy', COLD)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await remains(await moment())).toEqual([]);
  });
});
