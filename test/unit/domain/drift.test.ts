import { describe, expect, test } from '@jest/globals';
import { driftBetween, type RecordedState, type SeenState } from '../../../src/domain/drift.ts';

const RECORDED: RecordedState = {
  target: 'local',
  liveColor: 'blue',
  liveRelease: 3,
  exposed: true,
  stacks: [
    { name: 'shop-network', blueprint: 'network', parameters: {} },
    {
      name: 'shop-load-balancer',
      blueprint: 'load-balancer',
      parameters: { healthCheckPath: '/', delay: '5' },
    },
    { name: 'shop-database', blueprint: 'database', parameters: {} },
    { name: 'shop-compute-blue', blueprint: 'compute', parameters: {} },
  ],
  instances: 2,
};

const SEEN: SeenState = {
  stacks: RECORDED.stacks.map((stack) => ({ ...stack, status: 'CREATE_COMPLETE', failure: null })),
  weights: { blue: 100, green: 0 },
  instances: [
    { id: 'i-1', exposed: true, state: 'running' },
    { id: 'i-2', exposed: true, state: 'running' },
  ],
  targets: [
    { id: 'i-1', state: 'healthy', reason: null },
    { id: 'i-2', state: 'healthy', reason: null },
  ],
};

const driftOf = (seen: Partial<SeenState>, recorded: Partial<RecordedState> = {}) =>
  driftBetween({ ...RECORDED, ...recorded }, { ...SEEN, ...seen }).map(({ kind, resource, mending }) => [
    kind,
    resource,
    mending,
  ]);

const without = (name: string) => ({ stacks: SEEN.stacks.filter((stack) => stack.name !== name) });

describe('driftBetween', () => {
  test('finds nothing where all is as recorded', () => {
    expect(driftOf({})).toEqual([]);
  });

  test('finds a parameter that is not what the live release asks for, and nothing in those that nobody asks for', () => {
    const stacks = SEEN.stacks.map((stack) =>
      stack.blueprint === 'load-balancer'
        ? { ...stack, parameters: { healthCheckPath: '/broken', delay: '5', more: 'x' } }
        : { ...stack, parameters: { more: 'x' } },
    );
    expect(driftBetween(RECORDED, { ...SEEN, stacks })).toMatchObject([
      {
        kind: 'stack-changed',
        resource: 'shop-load-balancer',
        recorded: 'healthCheckPath /',
        seen: 'healthCheckPath /broken',
        mending: 'restore',
      },
    ]);
  });

  test('finds a process that was stopped, and does not blame its target as well', () => {
    const instances = [SEEN.instances[0] ?? [], { id: 'i-2', exposed: true, state: 'failed' }].flat();
    const targets = [SEEN.targets[0] ?? [], { id: 'i-2', state: 'unhealthy', reason: 'refused' }].flat();
    expect(driftOf({ instances, targets } as Partial<SeenState>)).toEqual([
      ['instance-down', 'i-2', 'start'],
    ]);
  });

  test('finds an instance that is gone', () => {
    expect(driftOf({ instances: SEEN.instances.slice(1) })).toEqual([
      ['instances-missing', 'release 3', 'restore'],
    ]);
  });

  test('finds weights that were changed by hand', () => {
    expect(driftOf({ weights: { blue: 40, green: 60 } })).toEqual([
      ['weights-changed', 'shop-load-balancer', 'shift'],
    ]);
  });

  test('finds a target group that was emptied, and what drains', () => {
    expect(driftOf({ targets: [] })).toEqual([
      ['target-missing', 'i-1', 'register'],
      ['target-missing', 'i-2', 'register'],
    ]);
    const targets = SEEN.targets.map((target) => ({ ...target, state: 'draining' as const }));
    expect(driftOf({ targets })).toHaveLength(2);
  });

  test('leaves an application that is sick to its owner', () => {
    const targets = SEEN.targets.map((target) => ({ ...target, state: 'unhealthy' as const, reason: '500' }));
    expect(driftOf({ targets })).toEqual([
      ['target-unhealthy', 'i-1', 'by-hand'],
      ['target-unhealthy', 'i-2', 'by-hand'],
    ]);
  });

  test('says nothing of what stood in a stack that is gone', () => {
    expect(driftOf({ ...without('shop-compute-blue'), instances: [], targets: [] })).toEqual([
      ['stack-missing', 'shop-compute-blue', 'restore'],
    ]);
    expect(driftOf({ ...without('shop-load-balancer'), weights: null, targets: [] })).toEqual([
      ['stack-missing', 'shop-load-balancer', 'restore'],
    ]);
  });

  test('does not put an empty database in the place of a lost one', () => {
    expect(driftOf(without('shop-database'))).toEqual([['stack-missing', 'shop-database', 'by-hand']]);
  });

  test.each(['UPDATE_FAILED', 'DELETE_FAILED'] as const)('passes on what to do about %s', (status) => {
    const failure = { code: 'StackStuck', message: 'it is stuck', hint: 'continue it', logTail: [] } as const;
    const stacks = SEEN.stacks.map((stack) =>
      stack.blueprint === 'network' ? { ...stack, status, failure } : stack,
    );
    expect(driftBetween(RECORDED, { ...SEEN, stacks })).toMatchObject([
      { kind: 'stack-failed', mending: 'by-hand', advice: 'continue it', seen: `${status}: it is stuck` },
    ]);
  });

  test('makes a listener that is gone anew where that is possible', () => {
    const seen = { weights: null, targets: [] };
    expect(driftOf(seen)).toEqual([['listener-gone', 'shop-load-balancer', 'rebuild']]);
    expect(driftOf(seen, { target: 'aws' })).toEqual([['listener-gone', 'shop-load-balancer', 'by-hand']]);
  });

  test('asks nothing about traffic of what has no port', () => {
    const recorded = { exposed: false, stacks: RECORDED.stacks.slice(3) };
    expect(driftOf({ weights: null, targets: [] }, recorded)).toEqual([]);
  });
});
