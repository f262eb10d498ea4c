import { beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { localDeploymentStore } from '../../../src/adapters/local/deployment-store.ts';
import { openStateDatabase } from '../../../src/adapters/local/state-database.ts';
import { HiveMindError } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { LogLine } from '../../../src/domain/log-line.ts';
import { STAGE_NAMES, STAGES } from '../../../src/domain/stage.ts';
import type { DeploymentStore } from '../../../src/ports/deployment-store.ts';
import {
  runStage,
  SERVER_STOPPING,
  type StageOutcome,
  type StageWork,
} from '../../../src/stages/run-stage.ts';
import type { AgentCall } from '../../../src/stages/stage-context.ts';
import { aDeployment, anExecution } from '../../contracts/deployment-store.contract.ts';
import { stillClock } from '../../fixtures/still-clock.ts';

type Output = { artifact: string };

let store: DeploymentStore;
let logged: LogLine[];
let runs: number;
const clock = stillClock();
const call: AgentCall = { patienceSeconds: 10, signal: new AbortController().signal };

beforeEach(async () => {
  store = localDeploymentStore({ database: openStateDatabase(':memory:'), clock });
  logged = [];
  runs = 0;
  await store.createDeployment(aDeployment());
  await store.createExecution(anExecution());
  await store.createExecution(anExecution({ id: 'deploy-2' }));
});

const work = (
  change: Partial<StageWork<Output>> = {},
  inputs: JsonObject = { commit: 'c1' },
): StageWork<Output> => ({
  stage: 'build',
  inputs: async () => inputs,
  output: z.strictObject({ artifact: z.string() }),
  stillTrue: async () => true,
  run: async (): Promise<StageOutcome<Output>> => {
    runs += 1;
    return { finished: true, output: { artifact: `a${runs}` }, summary: 'built' };
  },
  ...change,
});

const run = (stage: StageWork<Output>, id = 'deploy-1', given = call) =>
  runStage(
    { store, clock, telemetry: { log: (_, line) => logged.push(line) } },
    anExecution({ id }),
    given,
    stage,
  );

const TIMES = Array.from({ length: 6 }, (_, hour) => `2026-01-01T0${hour}:00:00.000Z`);

/** Calls a stage at an hour; returns its run. */
async function timed(hour: number, stage: StageWork<Output>) {
  const now = { ...clock, now: () => TIMES[hour] ?? '' };
  const ports = { store, clock: now, telemetry: { log: () => undefined } };
  await runStage(ports, anExecution({ id: 'deploy-1' }), call, stage).catch(() => undefined);
  return (await store.listStageRuns('deploy-1'))[0];
}

describe('runStage', () => {
  test('returns a recorded result for equal inputs', async () => {
    const first = await run(work());
    const second = await run(work(), 'deploy-2');
    expect(runs).toBe(1);
    expect(first).toMatchObject({ reused: false, output: { artifact: 'a1' } });
    expect(second).toMatchObject({ reused: true, output: { artifact: 'a1' } });
    expect(await store.listStageRuns('deploy-2')).toMatchObject([
      { stage: 'build', status: 'SUCCEEDED', reused: true, output: { artifact: 'a1' } },
    ]);
  });

  test('runs again when an input changes', async () => {
    await run(work());
    await run(work({}, { commit: 'c2' }), 'deploy-2');
    expect(runs).toBe(2);
  });

  test('runs again when the world has changed', async () => {
    await run(work());
    const again = await run(work({ stillTrue: async () => false }), 'deploy-2');
    expect(again).toMatchObject({ reused: false, output: { artifact: 'a2' } });
  });

  test('runs again when the recorded result is unreadable', async () => {
    await run(work());
    const [known] = await store.listStageRuns('deploy-1');
    await store.recordResult('shop-abc234', 'build', known?.digest ?? '', {
      output: { old: 1 },
      summary: '',
    });
    expect(await run(work(), 'deploy-2')).toMatchObject({ reused: false });
  });

  test('shows the status of the deployment while it runs', async () => {
    const seen: (string | undefined)[] = [];
    await run(
      work({
        run: async () => {
          seen.push((await store.findDeployment('shop'))?.status);
          return { finished: true, output: { artifact: 'a' }, summary: 'built' };
        },
      }),
    );
    expect(seen).toEqual(['BUILDING']);
  });

  test('leaves the status alone when nothing is done', async () => {
    await run(work());
    await store.updateDeployment('shop-abc234', { status: 'ACTIVE' });
    await run(work(), 'deploy-2');
    expect((await store.findDeployment('shop'))?.status).toBe('ACTIVE');
  });

  test('goes on with work that is not finished', async () => {
    expect(await run(work({ run: async () => ({ finished: false }) }))).toEqual({ finished: false });
    expect(await store.listStageRuns('deploy-1')).toMatchObject([{ status: 'RUNNING' }]);
    expect(await run(work())).toMatchObject({ finished: true, reused: false });
    const started = (await store.listEvents({})).filter(({ type }) => type === 'stage.started');
    expect(started).toHaveLength(1);
  });

  test('is timed from its first call while it is under way, also over a failure that a retry mends', async () => {
    const throttled = new HiveMindError('Throttled', 'too much', { hint: 'none' });
    const first = await timed(1, work({ run: async () => ({ finished: false }) }));
    expect(first).toMatchObject({ startedAt: TIMES[1], endedAt: null });
    const second = await timed(2, work({ run: async () => Promise.reject(throttled) }));
    expect(second).toMatchObject({ startedAt: TIMES[1], endedAt: TIMES[2], status: 'FAILED' });
    expect(await timed(3, work())).toMatchObject({ startedAt: TIMES[1], endedAt: TIMES[3] });
  });

  test('is timed on its own when it is reused, or begins again in another round', async () => {
    await timed(1, work());
    expect(await timed(2, work())).toMatchObject({ startedAt: TIMES[2], endedAt: TIMES[2], reused: true });
    const other = work({}, { commit: 'c2' });
    expect(await timed(3, other)).toMatchObject({ startedAt: TIMES[3], endedAt: TIMES[3], reused: false });
    const failing = work({ run: async () => Promise.reject(new Error('boom')) }, { commit: 'c3' });
    expect(await timed(4, failing)).toMatchObject({ startedAt: TIMES[4], status: 'FAILED' });
    expect(await timed(5, work({}, { commit: 'c3' }))).toMatchObject({ startedAt: TIMES[5] });
  });

  test('fails with the failure and its log on record', async () => {
    const failing = work({
      run: async () => {
        throw new HiveMindError('BuildFailed', 'no such script', { hint: 'add it', logTail: ['npm ERR!'] });
      },
    });
    await expect(run(failing)).rejects.toMatchObject({ name: 'BuildFailed' });
    expect(await store.listStageRuns('deploy-1')).toMatchObject([
      { status: 'FAILED', failure: { code: 'BuildFailed', hint: 'add it', logTail: ['npm ERR!'] } },
    ]);
    expect((await store.listEvents({})).at(-1)).toMatchObject({ type: 'stage.failed', actor: 'compiler' });
    expect(logged.at(-1)).toMatchObject({ source: 'agent', name: 'compiler' });
  });

  test('fails with InternalError for what it does not know', async () => {
    const failing = work({ run: async () => Promise.reject(new Error('boom')) });
    await expect(run(failing)).rejects.toMatchObject({ name: 'InternalError' });
  });

  test('fails with the reason of an abort', async () => {
    const stop = new AbortController();
    const stopped = work({
      run: async () => {
        stop.abort(new HiveMindError('Cancelled', 'the operator cancelled', { hint: 'start again' }));
        throw new Error('killed');
      },
    });
    await expect(run(stopped, 'deploy-1', { ...call, signal: stop.signal })).rejects.toMatchObject({
      name: 'Cancelled',
    });
    expect(await store.listStageRuns('deploy-1')).toMatchObject([{ status: 'SKIPPED', summary: 'stopped' }]);
  });

  test('leaves no failure behind when the server stops', async () => {
    const stop = new AbortController();
    const stopped = work({
      run: async () => {
        stop.abort(SERVER_STOPPING);
        throw new Error('killed');
      },
    });
    await expect(run(stopped, 'deploy-1', { ...call, signal: stop.signal })).rejects.toThrow('killed');
    expect(await store.listStageRuns('deploy-1')).toMatchObject([{ status: 'RUNNING' }]);
  });
});

describe('a freeze', () => {
  const freeze = { reason: 'fire', actor: 'ada@desk', at: clock.now() };
  const impatient = { ...call, patienceSeconds: 0 };

  test('holds a stage before its work, which begins when it has ended', async () => {
    await store.putFreeze(freeze);
    expect(await run(work(), 'deploy-1', impatient)).toEqual({ finished: false });
    expect([runs, await store.listStageRuns('deploy-1')]).toEqual([0, []]);
    await store.putFreeze(undefined);
    expect(await run(work(), 'deploy-1', impatient)).toMatchObject({ finished: true, reused: false });
  });

  test('holds neither what has begun nor what is done already', async () => {
    await run(work({ run: async () => ({ finished: false }) }));
    await store.putFreeze(freeze);
    expect(await run(work(), 'deploy-1', impatient)).toMatchObject({ finished: true, reused: false });
    expect(await run(work(), 'deploy-2', impatient)).toMatchObject({ finished: true, reused: true });
  });

  test('holds what would begin anew because its inputs have changed', async () => {
    await run(work({ run: async () => ({ finished: false }) }));
    await store.putFreeze(freeze);
    expect(await run(work({}, { commit: 'c2' }), 'deploy-1', impatient)).toEqual({ finished: false });
  });

  test.each(STAGE_NAMES.map((stage) => ({ stage, changes: STAGES[stage].changes })))(
    'before "$stage", which changes something: $changes',
    async ({ stage, changes }) => {
      await store.putFreeze(freeze);
      expect((await run(work({ stage }), 'deploy-1', impatient)).finished).toBe(!changes);
    },
  );

  test('lets a cancel through to whoever waits', async () => {
    await store.putFreeze(freeze);
    const cancel = new AbortController();
    const waiting = run(work(), 'deploy-1', { patienceSeconds: 60, signal: cancel.signal });
    cancel.abort(new HiveMindError('Cancelled', 'enough', { hint: 'start it again' }));
    await expect(waiting).rejects.toMatchObject({ name: 'Cancelled' });
    expect(runs).toBe(0);
  });

  test('goes on from what was saved after a failure that a retry mends, and begins anew after any other', async () => {
    const seen: unknown[] = [];
    const saving = (failure: HiveMindError | undefined) =>
      work({
        run: async (_digest, progress) => {
          seen.push(progress.known);
          await progress.save({ step: seen.length });
          if (failure) throw failure;
          return { finished: true, output: { artifact: 'a1' }, summary: 'built' };
        },
      });
    const failing = (code: 'Throttled' | 'BuildFailed') => new HiveMindError(code, 'no', { hint: 'none' });
    await expect(run(saving(failing('Throttled')))).rejects.toThrow('no');
    await expect(run(saving(failing('BuildFailed')))).rejects.toThrow('no');
    await run(saving(undefined));
    expect(seen).toEqual([null, { step: 1 }, null]);
  });
});
