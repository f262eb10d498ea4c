import { expect, test } from '@jest/globals';
import {
  admission,
  afterFailure,
  afterSuccess,
  BREAKER_FAILURES,
  BREAKER_OPEN_SECONDS,
  type Breaker,
} from '../../../../src/domain/models/breaker.ts';
import { timeAfter } from '../../../../src/domain/time.ts';
import fc from '../../../fixtures/properties.ts';

const MODEL = 'bedrock:global.anthropic.claude-sonnet-5-5';
const START = '2026-11-21T12:00:00.000Z';
const PROBE_SECONDS = 30;

const failed = (times: number, now = START): Breaker | undefined =>
  Array.from({ length: times }).reduce<Breaker | undefined>(
    (breaker) => afterFailure(breaker, MODEL, now) ?? breaker,
    undefined,
  );
const later = (seconds: number): string => timeAfter(START, seconds);

test('a model that nobody has failed with is asked, and its success is not written down', () => {
  expect(admission(undefined, MODEL, START, PROBE_SECONDS)).toEqual({ admitted: true });
  expect(afterSuccess(undefined, MODEL)).toBeUndefined();
});

test('the third failure in a row opens it for a minute', () => {
  expect(failed(2)).toEqual({
    model: MODEL,
    state: 'closed',
    failures: 2,
    openedAt: null,
    probeUntil: null,
    version: 2,
  });
  const open = failed(3);
  expect(open).toEqual({
    model: MODEL,
    state: 'open',
    failures: 3,
    openedAt: START,
    probeUntil: null,
    version: 3,
  });
  expect(admission(open, MODEL, later(59.999), PROBE_SECONDS)).toEqual({ admitted: false });
});

test('a success in between begins the count anew', () => {
  const healed = afterSuccess(failed(2), MODEL);
  expect(healed).toMatchObject({ state: 'closed', failures: 0, version: 3 });
  expect(afterSuccess(healed, MODEL)).toBeUndefined();
});

test('after a minute one call tries the model, and nobody else until it has ended or died', () => {
  const { admitted, change } = admission(failed(3), MODEL, later(60), PROBE_SECONDS);
  expect(admitted).toBe(true);
  expect(change).toMatchObject({ state: 'half-open', probeUntil: later(90), version: 4 });
  expect(admission(change, MODEL, later(89.999), PROBE_SECONDS)).toEqual({ admitted: false });
  expect(admission(change, MODEL, later(90), PROBE_SECONDS)).toMatchObject({
    admitted: true,
    change: { state: 'half-open', probeUntil: later(120), version: 5 },
  });
});

test('a probe that succeeds closes it, one that fails opens it for another minute', () => {
  const { change } = admission(failed(3), MODEL, later(60), PROBE_SECONDS);
  expect(afterSuccess(change, MODEL)).toMatchObject({
    state: 'closed',
    failures: 0,
    openedAt: null,
    version: 5,
  });
  const again = afterFailure(change, MODEL, later(61));
  expect(again).toMatchObject({ state: 'open', openedAt: later(61), version: 5 });
  expect(admission(again, MODEL, later(120.999), PROBE_SECONDS).admitted).toBe(false);
  expect(admission(again, MODEL, later(121), PROBE_SECONDS).admitted).toBe(true);
});

test('a call that was asked before it opened changes nothing when it ends', () => {
  expect(afterSuccess(failed(3), MODEL)).toBeUndefined();
  expect(afterFailure(failed(3), MODEL, later(5))).toBeUndefined();
});

/** What the stores promise: a change goes in only on top of what was read. */
class Store {
  breaker: Breaker | undefined;
  readonly history: (Breaker | undefined)[] = [undefined];

  change(from: Breaker | undefined, to: Breaker): boolean {
    if (from?.version !== this.breaker?.version) return false;
    this.breaker = to;
    this.history.push(to);
    return true;
  }
}

const LEGAL: Readonly<Record<Breaker['state'], readonly Breaker['state'][]>> = {
  closed: ['closed', 'open'],
  open: ['half-open'],
  'half-open': ['closed', 'open', 'half-open'],
};

function expectLegal(history: readonly (Breaker | undefined)[]): void {
  let failuresInRow = 0;
  history.slice(1).forEach((breaker, index) => {
    const before = history[index];
    if (breaker === undefined) throw new Error('a breaker is never removed');
    expect(LEGAL[before?.state ?? 'closed']).toContain(breaker.state);
    expect(breaker.version).toBe((before?.version ?? 0) + 1);
    expect(breaker.openedAt === null).toBe(breaker.state === 'closed');
    expect(breaker.probeUntil === null).toBe(breaker.state !== 'half-open');
    failuresInRow =
      breaker.failures > (before?.failures ?? 0)
        ? failuresInRow + 1
        : breaker.failures === 0
          ? 0
          : failuresInRow;
    if (before?.state !== 'half-open' && breaker.state === 'open')
      expect(failuresInRow).toBe(BREAKER_FAILURES);
  });
}

type Step =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'read' | 'enter' | 'succeed' | 'fail'; readonly process: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
    fc.record({
      kind: fc.constantFrom(
        'read' as const,
        'enter' as const,
        'succeed' as const,
        'fail' as const,
        'fail' as const,
      ),
      process: fc.nat({ max: 3 }),
    }),
  ),
  { maxLength: 80 },
);

function play(sequence: readonly Step[]): Store {
  const store = new Store();
  const read = new Map<number, Breaker | undefined>();
  let now = START;
  for (const step of sequence) {
    if (step.kind === 'wait') now = timeAfter(now, step.seconds);
    else if (step.kind === 'read') read.set(step.process, store.breaker);
    else {
      const seen = read.has(step.process) ? read.get(step.process) : store.breaker;
      const to =
        step.kind === 'enter'
          ? admission(seen, MODEL, now, PROBE_SECONDS).change
          : step.kind === 'succeed'
            ? afterSuccess(seen, MODEL)
            : afterFailure(seen, MODEL, now);
      if (to !== undefined) store.change(seen, to);
      read.delete(step.process);
    }
  }
  return store;
}

test('in whatever order processes read, ask and end, every change is a legal one on top of the last', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      expectLegal(play(sequence).history);
    }),
    { numRuns: 300 },
  );
});

test('of any number of processes that read the same open breaker one gets through', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: BREAKER_OPEN_SECONDS, max: 300 }),
      (processes, seconds) => {
        const store = new Store();
        store.breaker = failed(3);
        const seen = store.breaker;
        const entered = Array.from({ length: processes }, () =>
          admission(seen, MODEL, later(seconds), PROBE_SECONDS),
        ).filter(({ admitted, change }) => admitted && (change === undefined || store.change(seen, change)));
        expect(entered).toHaveLength(1);
        expect(admission(store.breaker, MODEL, later(seconds), PROBE_SECONDS).admitted).toBe(false);
      },
    ),
  );
});
