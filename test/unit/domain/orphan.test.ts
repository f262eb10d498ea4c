import { describe, expect, test } from '@jest/globals';
import {
  inOrderOfRemoval,
  type OwnedResource,
  type OwnerFacts,
  orphansAmong,
} from '../../../src/domain/orphan.ts';

const NOW = '2026-01-03T00:00:00.000Z';
const OLD = '2026-01-01T00:00:00.000Z';
const YOUNG = '2026-01-02T23:59:00.000Z';

const FACTS: OwnerFacts = {
  living: new Set(['shop-1']),
  destroyed: new Map([['blog-1', OLD]]),
  usedArtifacts: new Set(['sha256-used']),
  isWorking: false,
  now: NOW,
  olderThanSeconds: 86_400,
};

const resource = (change: Partial<OwnedResource>): OwnedResource => ({
  type: 'stack',
  id: 'a',
  deploymentId: 'blog-1',
  since: OLD,
  blueprint: null,
  stray: false,
  keptFor: null,
  ...change,
});

const verdicts = (change: Partial<OwnedResource>, facts: Partial<OwnerFacts> = {}) =>
  orphansAmong([resource(change)], { ...FACTS, ...facts }).map(({ verdict }) => verdict);

describe('orphansAmong', () => {
  test('leaves out what a living deployment owns, whatever its age', () => {
    expect(verdicts({ deploymentId: 'shop-1' })).toEqual([]);
    expect(verdicts({ type: 'artifact', id: 'sha256-used', deploymentId: null })).toEqual([]);
  });

  test('counts the shared network as owned while anything lives', () => {
    expect(verdicts({ deploymentId: 'shared' })).toEqual([]);
    expect(verdicts({ deploymentId: 'shared' }, { living: new Set() })).toEqual(['orphan']);
  });

  test('finds what is left of destroyed and of unknown deployments', () => {
    expect(verdicts({})).toEqual(['orphan']);
    expect(verdicts({ deploymentId: 'nobody-1' })).toEqual(['orphan']);
    expect(verdicts({ type: 'artifact', id: 'sha256-free', deploymentId: null })).toEqual(['orphan']);
  });

  test('finds strays of deployments that live', () => {
    expect(verdicts({ deploymentId: 'shop-1', type: 'process', stray: true })).toEqual(['orphan']);
  });

  test('touches nothing that is young, or of which nothing tells the age', () => {
    expect(verdicts({ since: YOUNG })).toEqual(['too young']);
    expect(verdicts({ since: YOUNG }, { olderThanSeconds: 0 })).toEqual(['orphan']);
    expect(verdicts({ since: null, deploymentId: 'nobody-1' })).toEqual(['too young']);
    expect(verdicts({ since: null, deploymentId: 'nobody-1' }, { olderThanSeconds: 0 })).toEqual(['orphan']);
  });

  test('takes what is removed together for as young as its youngest', () => {
    const secrets = [OLD, YOUNG].map((since) => resource({ type: 'secret', id: since, since }));
    expect(orphansAmong(secrets, FACTS).map(({ verdict }) => verdict)).toEqual(['too young', 'too young']);
    const stacks = [OLD, YOUNG].map((since) => resource({ id: since, since }));
    expect(orphansAmong(stacks, FACTS).map(({ verdict }) => verdict)).toEqual(['orphan', 'too young']);
  });

  test('takes the time of the destroy where a thing does not tell its own', () => {
    expect(verdicts({ since: null })).toEqual(['orphan']);
  });

  test('leaves alone what a running workflow may be making', () => {
    const working = { isWorking: true, olderThanSeconds: 0 };
    expect(verdicts({ deploymentId: null, type: 'artifact' }, working)).toEqual(['too young']);
    expect(verdicts({}, working)).toEqual(['orphan']);
  });

  test('says what is kept on purpose, and why', () => {
    const [kept] = orphansAmong([resource({ type: 'snapshot', keptFor: 'a copy of data' })], FACTS);
    expect(kept).toMatchObject({ verdict: 'kept', reason: 'a copy of data' });
  });
});

test('what uses goes before what is used, and only orphans go', () => {
  const resources = [
    resource({ id: 'network', blueprint: 'network' }),
    resource({ id: 'secret', type: 'secret' }),
    resource({ id: 'young', since: YOUNG }),
    resource({ id: 'compute', blueprint: 'compute' }),
    resource({ id: '1', type: 'process' }),
  ];
  const order = inOrderOfRemoval(orphansAmong(resources, FACTS)).map(({ id }) => id);
  expect(order).toEqual(['1', 'compute', 'network', 'secret']);
});
