import { beforeEach, describe, expect, test } from '@jest/globals';
import { conductor } from '../../../lambdas/conductor/conductor.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { Execution } from '../../../src/domain/execution.ts';
import type { Stack } from '../../../src/domain/stack.ts';
import type { StageName } from '../../../src/domain/stage.ts';
import type { Weights } from '../../../src/domain/swap.ts';
import { startUpdate } from '../../../src/operations/start-update.ts';
import { tend } from '../../../src/operations/tend.ts';
import { conductedAccount } from '../../fixtures/conducted-account.ts';
import { EXECUTIONS } from '../../state-machines/workflow-executions.ts';

const BALANCER = 'shop-load-balancer';

let account: ReturnType<typeof conductedAccount>;
let deploymentId: string;
let weights: Weights;
let given: Weights[];
/** What the load balancer does instead of taking weights. */
let refusal: Error | undefined;

beforeEach(async () => {
  account = conductedAccount();
  deploymentId = await account.deployed();
  weights = { blue: 50, green: 50 };
  given = [];
  refusal = undefined;
});

const balancer = (): Stack => ({
  name: BALANCER,
  blueprint: 'load-balancer',
  deploymentId,
  status: 'UPDATE_COMPLETE',
  parameters: {},
  outputs: {},
  failure: null,
});

/** Ports of a world in which blue is live and half of the traffic is on its way to green. */
const ports = () => ({
  ...account.ports,
  stacks: { list: async () => [balancer()] },
  router: {
    weights: async () => weights,
    shift: async (_: string, wanted: Weights) => {
      if (refusal) throw refusal;
      given.push(wanted);
      weights = wanted;
    },
  },
});

/** An execution that has begun these stages. */
async function begun(workflow: Execution['workflow'], stages: readonly StageName[]): Promise<Execution> {
  const execution = { ...EXECUTIONS[workflow], deploymentId, startedAt: '2026-02-01T00:00:00.000Z' };
  await account.store.createExecution(execution);
  await account.store.acquireLock(deploymentId, execution.id, 7_200);
  for (const stage of stages) {
    await account.store.putStageRun({
      executionId: execution.id,
      stage,
      status: 'RUNNING',
      reused: false,
      digest: 'd',
      startedAt: execution.startedAt,
      endedAt: null,
      output: null,
      summary: null,
      failure: null,
    });
  }
  return execution;
}

const end = (execution: Execution, outcome: string) =>
  conductor(ports())(account.ended(execution.id, outcome));

const ALL_BLUE = { blue: 100, green: 0 };

describe('a workflow of Step Functions that ended in the middle of a shift', () => {
  test.each([
    ['update', 'ABORTED'],
    ['update', 'TIMED_OUT'],
    ['upgrade', 'ABORTED'],
    ['rollback', 'ABORTED'],
    ['deploy', 'ABORTED'],
  ] as const)(
    '%s, %s: the live release has all traffic again, and it is told once',
    async (workflow, outcome) => {
      const execution = await begun(workflow, ['build', workflow === 'deploy' ? 'release' : 'shift']);
      await end(execution, outcome);
      await end(execution, outcome);
      expect(given).toEqual([ALL_BLUE]);
      const events = await account.store.listEvents({ executionId: execution.id });
      expect(events.filter(({ type }) => type === 'warning').map(({ message }) => message)).toEqual([
        expect.stringContaining('blue has all traffic again'),
      ]);
      expect(await account.store.findLock(deploymentId)).toBeUndefined();
    },
  );

  test('keeps the traffic of a release that is live by now', async () => {
    const execution = await begun('update', ['shift', 'complete']);
    await account.store.updateDeployment(deploymentId, { liveColor: 'green', liveRelease: 2 });
    weights = { blue: 0, green: 100 };
    await end(execution, 'ABORTED');
    expect(given).toEqual([]);
  });

  test.each([['ABORTED'], ['FAILED']])(
    '%s before the shift: nobody asks the load balancer',
    async (outcome) => {
      const execution = await begun('update', ['build', 'compute']);
      refusal = new Error('nobody may ask');
      await end(execution, outcome);
      expect(weights).toEqual({ blue: 50, green: 50 });
    },
  );

  test('leaves the traffic to somebody who changes the deployment by now', async () => {
    const execution = await begun('update', ['shift']);
    await account.store.releaseLock(deploymentId, execution.id);
    const request = {
      environment: {},
      plan: {},
      steps: [100],
      bakeSeconds: 0,
      keepWarmSeconds: 0,
      rolling: false,
    };
    await startUpdate(account.ports, deploymentId, request, 'ada@desk');
    await end(execution, 'ABORTED');
    expect(given).toEqual([]);
  });

  test('is on record, and the lock free, when the load balancer does not answer; the next delivery moves the traffic', async () => {
    const execution = await begun('update', ['shift']);
    refusal = new HiveMindError('Throttled', 'too many', { hint: 'wait' });
    await expect(end(execution, 'ABORTED')).rejects.toMatchObject({ code: 'Throttled' });
    expect(await account.store.findExecution(execution.id)).toMatchObject({ status: 'FAILED' });
    expect(await account.store.findLock(deploymentId)).toBeUndefined();
    refusal = undefined;
    await end(execution, 'ABORTED');
    expect(weights).toEqual(ALL_BLUE);
  });
});

describe('whoever looks for what is forgotten', () => {
  test('gives the traffic of an execution back that nobody runs any more', async () => {
    const execution = await begun('update', ['shift']);
    await account.store.releaseLock(deploymentId, execution.id);
    account.clock.advance(40 * 86_400);
    await tend({ ...ports(), isRun: () => false });
    expect(weights).toEqual(ALL_BLUE);
  });

  test('looks once more after a failure: a call that nobody waited for had moved traffic since', async () => {
    const execution = await begun('update', ['shift']);
    await end(execution, 'ABORTED');
    weights = { blue: 0, green: 100 };
    account.clock.advance(300);
    await tend(ports());
    expect(weights).toEqual(ALL_BLUE);
  });

  test('leaves weights alone that somebody changed by hand later', async () => {
    const execution = await begun('update', ['shift']);
    await end(execution, 'ABORTED');
    account.clock.advance(1_000);
    weights = { blue: 80, green: 20 };
    await tend(ports());
    expect(weights).toEqual({ blue: 80, green: 20 });
  });
});
