import { describe, expect, test } from '@jest/globals';
import { changesBetween, type ReleaseRecord } from '../../../src/domain/release-comparison.ts';
import { plan } from '../../fixtures/cli/documents.ts';

const record = (change: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  release: {
    deploymentId: 'shop-1',
    number: 1,
    commit: 'a'.repeat(40),
    artifact: 'sha256-1',
    configuration: '1',
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  subject: 'first',
  plan: plan(),
  environmentNames: ['A', 'B'],
  dependencies: [{ name: 'express', version: '5.0.0' }],
  ...change,
});

const changed = (change: Partial<ReleaseRecord>, variables: readonly string[] = []) =>
  changesBetween(record(), record(change), variables);

describe('changesBetween', () => {
  test('finds nothing between a release and itself', () => {
    expect(changed({})).toEqual([]);
  });

  test('names the commits with their subjects', () => {
    const release = { ...record().release, commit: 'b'.repeat(40) };
    expect(changed({ release, subject: 'second' })).toEqual([
      {
        area: 'commit',
        what: 'commit',
        before: `${'a'.repeat(40)} first`,
        after: `${'b'.repeat(40)} second`,
      },
    ]);
  });

  test('sets database and migrations apart from the rest of the plan', () => {
    const before = plan();
    const after = {
      ...before,
      healthCheckPath: { ...before.healthCheckPath, value: '/ready' },
      migrations: {
        ...before.migrations,
        value: { kind: 'shell' as const, line: 'npm run migrate' },
      },
    };
    const areas = changed({ plan: after }).map(({ area, what, after: value }) => [area, what, value]);
    expect(areas).toContainEqual(['plan', 'health check', '/ready']);
    expect(areas).toContainEqual(['migrations', 'migrations', 'npm run migrate']);
  });

  test('tells names of variables, and no value', () => {
    expect(changed({ environmentNames: ['B', 'C'] }, ['B'])).toEqual([
      { area: 'environment', what: 'A', before: 'set', after: null },
      { area: 'environment', what: 'C', before: null, after: 'set' },
      { area: 'environment', what: 'B', before: 'set', after: 'set to another value' },
    ]);
  });

  test('compares dependencies by name, with all their versions', () => {
    const dependencies = [
      { name: 'express', version: '5.1.0' },
      { name: 'express', version: '4.0.0' },
      { name: 'zod', version: '4.0.0' },
    ];
    expect(changed({ dependencies })).toEqual([
      { area: 'dependencies', what: 'express', before: '5.0.0', after: '4.0.0, 5.1.0' },
      { area: 'dependencies', what: 'zod', before: null, after: '4.0.0' },
    ]);
  });

  test('says nothing of what is not on record', () => {
    expect(changed({ plan: null, dependencies: null })).toEqual([]);
  });
});
