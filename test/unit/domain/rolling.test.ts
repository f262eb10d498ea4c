import { describe, expect, test } from '@jest/globals';
import { beginRoll, nextRollMove, type RollingInstance } from '../../../src/domain/rolling.ts';
import fc from '../../fixtures/properties.ts';
import { FATES, FORMER, finish, NEXT, newRollingWorld, step } from './rolling-world.ts';

const old = (id: string): RollingInstance => ({ id, release: 1, process: 'running', target: 'healthy' });
const started = (id: string, wellSince: string | null = null) => ({
  to: 2,
  started: { id, since: 't', wellSince },
});

describe('nextRollMove', () => {
  const others = [old('b')];
  const moveFor = (change: Partial<RollingInstance>, roll = beginRoll(2)) =>
    nextRollMove(roll, [{ ...old('a'), ...change }, ...others]);

  test('takes an instance out, drains it, stops it, and gives it the other release', () => {
    expect(moveFor({})).toEqual({ kind: 'deregister', id: 'a' });
    expect(moveFor({ target: 'draining' })).toEqual({ kind: 'deregister', id: 'a' });
    expect(moveFor({ target: 'absent' })).toEqual({ kind: 'stop', id: 'a' });
    expect(moveFor({ target: 'absent', process: 'failing' })).toEqual({ kind: 'stop', id: 'a' });
    expect(moveFor({ target: 'absent', process: 'stopped' })).toEqual({ kind: 'install', id: 'a' });
    expect(moveFor({ target: 'absent', process: 'stopped', release: null })).toEqual({
      kind: 'install',
      id: 'a',
    });
  });

  test('starts it, puts it back, and waits until it is well before it goes on', () => {
    const replaced = { release: 2, target: 'absent' } as const;
    expect(moveFor({ ...replaced, process: 'stopped' })).toEqual({ kind: 'start', id: 'a' });
    expect(moveFor(replaced, started('a'))).toEqual({ kind: 'register', id: 'a' });
    expect(moveFor({ ...replaced, target: 'initial' }, started('a'))).toEqual({ kind: 'await', id: 'a' });
    expect(moveFor({ ...replaced, target: 'healthy' }, started('a'))).toEqual({ kind: 'await', id: 'a' });
    expect(moveFor({ ...replaced, target: 'healthy' }, started('a', 't'))).toEqual({
      kind: 'watch',
      id: 'a',
    });
    expect(moveFor({ ...replaced, target: 'healthy' })).toEqual({ kind: 'deregister', id: 'b' });
  });

  test('lets it be said why a process that was started has ended, and does not start it again and again', () => {
    const ended = { target: 'absent', process: 'failing', release: 2 } as const;
    expect(moveFor(ended, started('a'))).toEqual({ kind: 'await', id: 'a' });
    expect(moveFor(ended, started('b'))).toEqual({ kind: 'start', id: 'a' });
    expect(moveFor({ ...ended, process: 'stopped' }, started('a'))).toEqual({ kind: 'start', id: 'a' });
  });

  test('first brings back what does not serve, whatever release it has', () => {
    const seen = [old('a'), { ...old('b'), target: 'unhealthy' } as const];
    expect(nextRollMove(beginRoll(2), seen)).toEqual({ kind: 'deregister', id: 'b' });
    const idle = [old('a'), { ...old('b'), release: 2, target: 'absent' } as const];
    expect(nextRollMove(beginRoll(2), idle)).toEqual({ kind: 'start', id: 'b' });
  });

  test('touches nothing while an instance does not say how it is', () => {
    const seen = [old('a'), { ...old('b'), process: undefined }];
    expect(nextRollMove(beginRoll(2), seen)).toEqual({ kind: 'look' });
  });

  test('has nothing to do when all run the release, and for no instances', () => {
    expect(nextRollMove(beginRoll(1), [old('a'), old('b')])).toEqual({ kind: 'done' });
    expect(nextRollMove(beginRoll(1), [])).toEqual({ kind: 'done' });
  });
});

const plans = fc.record({
  exposed: fc.integer({ min: 2, max: 4 }),
  workers: fc.integer({ min: 0, max: 2 }),
  next: fc.constantFrom('good', 'exits', 'sick' as const),
});
const fates = fc.array(fc.constantFrom(...FATES), { maxLength: 60 });

describe('a rolling replacement under any interleaving of success, failure, timeout, kill and retry', () => {
  const rolled = (
    { exposed, workers, next }: typeof plans extends fc.Arbitrary<infer T> ? T : never,
    how: readonly (typeof FATES)[number][],
  ) => {
    const world = newRollingWorld(exposed, workers, next);
    for (const fate of how) step(world, fate);
    return finish(world);
  };

  test('ends with every instance registered, healthy, and of one release: the new one when it said so, else the old one', () => {
    fc.assert(
      fc.property(plans, fates, (plan, how) => {
        const { outcome, instances } = rolled(plan, how);
        expect(outcome).not.toBe('under way');
        if (plan.next !== 'good') expect(outcome).toBe('taken back');
        const release = outcome === 'replaced' ? NEXT : FORMER;
        for (const instance of instances) {
          expect(instance).toMatchObject({
            release,
            process: 'running',
            target: instance.exposed ? 'healthy' : 'none',
          });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('never has more than one instance out of service, unless one dies by itself', () => {
    fc.assert(
      fc.property(plans, fates, (plan, how) => {
        const { fewestServing } = rolled(plan, how);
        expect(fewestServing).toBeGreaterThanOrEqual(plan.exposed - 1);
      }),
      { numRuns: 2_000 },
    );
  });
});
