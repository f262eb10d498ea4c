import { describe, expect, test } from '@jest/globals';
import { COLORS, DEPLOYMENT_STATUSES } from '../../../src/domain/deployment.ts';
import {
  type Chore,
  choresOf,
  type IdleView,
  isAbandoned,
  isRetirable,
  unansweredFailure,
} from '../../../src/domain/forgotten.ts';
import fc from '../../fixtures/properties.ts';

const NOW = '2026-01-10T12:00:00.000Z';
const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();
const DAY = 86_400;

const view = (change: Partial<IdleView> = {}): IdleView => ({
  now: NOW,
  deployment: { status: 'ACTIVE', updatedAt: ago(10), liveColor: 'blue' },
  colors: ['blue'],
  stands: true,
  wasLive: true,
  autoCleanup: false,
  told: false,
  frozen: false,
  ...change,
});

const failedSince = (seconds: number) =>
  ({ status: 'FAILED', updatedAt: ago(1), failure: { at: ago(seconds) } }) as const;

describe('choresOf', () => {
  test('removes a warm colour once its time is over', () => {
    const warm = (until: string) => ({ color: 'green', release: 1, until }) as const;
    const at = (until: string) =>
      view({ deployment: { ...view().deployment, warm: warm(until) }, colors: ['blue', 'green'] });
    expect(choresOf(at(ago(-1)))).toEqual([]);
    expect(choresOf(at(ago(0)))).toMatchObject([{ kind: 'retire', color: 'green' }]);
  });

  test('removes a colour that never became live', () => {
    expect(choresOf(view({ colors: ['blue', 'green'] }))).toMatchObject([{ kind: 'retire', color: 'green' }]);
  });

  test('leaves what a failure left, and tells of it after a day, once', () => {
    const failed = (seconds: number, change: Partial<IdleView> = {}) =>
      view({
        deployment: { ...failedSince(seconds), liveColor: 'blue' },
        colors: ['blue', 'green'],
        ...change,
      });
    expect(choresOf(failed(DAY - 60, { autoCleanup: true }))).toEqual([]);
    expect(choresOf(failed(DAY + 60))).toEqual([{ kind: 'tell', failedAt: ago(DAY + 60) }]);
    expect(choresOf(failed(DAY + 60, { told: true }))).toEqual([]);
    expect(choresOf(failed(DAY + 60, { told: true, autoCleanup: true }))).toMatchObject([
      { kind: 'retire', color: 'green' },
    ]);
  });

  test('undoes a first deploy only when asked to, and never what was live once', () => {
    const first = (change: Partial<IdleView>) =>
      view({ deployment: failedSince(DAY + 1), told: true, ...change });
    expect(choresOf(first({ wasLive: false, autoCleanup: true }))).toEqual([{ kind: 'undo' }]);
    expect(choresOf(first({ wasLive: false, autoCleanup: false }))).toEqual([]);
    expect(choresOf(first({ wasLive: true, autoCleanup: true }))).toEqual([]);
    expect(choresOf(first({ wasLive: false, autoCleanup: true, stands: false }))).toEqual([]);
  });

  const times = fc.integer({ min: -3 * DAY, max: 3 * DAY }).map(ago);
  const views: fc.Arbitrary<IdleView> = fc.record({
    now: fc.constant(NOW),
    deployment: fc.record(
      {
        status: fc.constantFrom(...DEPLOYMENT_STATUSES),
        updatedAt: times,
        failure: fc.record({ at: times }),
        liveColor: fc.constantFrom(...COLORS),
        warm: fc.record({ color: fc.constantFrom(...COLORS), release: fc.nat(9), until: times }),
      },
      { requiredKeys: ['status', 'updatedAt'] },
    ),
    colors: fc.uniqueArray(fc.constantFrom(...COLORS)),
    stands: fc.boolean(),
    wasLive: fc.boolean(),
    autoCleanup: fc.boolean(),
    told: fc.boolean(),
    frozen: fc.boolean(),
  });
  const removals = (chores: readonly Chore[]) => chores.filter(({ kind }) => kind !== 'tell');

  test('starts at most one removal, and none while everything is frozen', () => {
    fc.assert(
      fc.property(views, (it) => {
        expect(removals(choresOf(it)).length).toBeLessThanOrEqual(it.frozen ? 0 : 1);
      }),
    );
  });

  test('never touches what is live, or warm for a while yet', () => {
    fc.assert(
      fc.property(views, (it) => {
        for (const chore of choresOf(it)) {
          if (chore.kind === 'retire') expect(isRetirable(it.deployment, chore.color, NOW)).toBe(true);
          if (chore.kind === 'undo')
            expect([it.deployment.liveColor, it.wasLive]).toEqual([undefined, false]);
        }
      }),
    );
  });

  test('removes what a failure left only where the operator has allowed it, a day later', () => {
    fc.assert(
      fc.property(views, (it) => {
        const failed = ['FAILED', 'ROLLBACK_FAILED'].includes(it.deployment.status);
        const pastWarm = it.deployment.warm && it.deployment.warm.until <= NOW;
        if (!failed || pastWarm || removals(choresOf(it)).length === 0) return;
        expect([it.autoCleanup, unansweredFailure(it.deployment, NOW) !== undefined]).toEqual([true, true]);
      }),
    );
  });

  test('has nothing left to do once its chores are done', () => {
    fc.assert(
      fc.property(views, (it) => {
        expect(choresOf(choresOf(it).reduce(done, it)).filter(({ kind }) => kind !== 'retire')).toEqual([]);
        const twice = choresOf(it).reduce(done, it);
        expect(choresOf(choresOf(twice).reduce(done, twice))).toEqual([]);
      }),
    );
  });
});

/** As the workflows leave it. */
function done(view: IdleView, chore: Chore): IdleView {
  if (chore.kind === 'tell') return { ...view, told: true };
  if (chore.kind === 'undo') return { ...view, stands: false, colors: [] };
  const { warm, ...deployment } = view.deployment;
  return {
    ...view,
    deployment: warm && warm.color !== chore.color ? { ...deployment, warm } : deployment,
    colors: view.colors.filter((color) => color !== chore.color),
  };
}

describe('isAbandoned', () => {
  const running = { id: 'x', isRun: undefined, holdsLock: false, startedAt: ago(60) } as const;

  test.each([
    ['one that is run, however long it takes', { isRun: true, startedAt: ago(DAY) }, false],
    ['one that nobody runs', { isRun: false, startedAt: ago(200) }, true],
    ['one that is being started', { isRun: false, startedAt: ago(30) }, false],
    ['one whose lock is renewed', { isRun: false, startedAt: ago(200), holdsLock: true }, false],
    ['a slow one of which nobody can say who runs it', { startedAt: ago(7_000) }, false],
    ['one past the time that any workflow has', { startedAt: ago(9_000) }, true],
    ['one past its time that has just renewed its lock', { startedAt: ago(9_000), holdsLock: true }, false],
  ])('judges %s', (_, change, expected) => {
    expect(isAbandoned({ ...running, ...change }, NOW)).toBe(expected);
  });
});
