import { expect, test } from '@jest/globals';
import { healthCheckPaths } from '../../../../lambdas/provisioner/infrastructure-facts.ts';
import type { Color } from '../../../../src/domain/deployment.ts';
import { plan } from '../../../fixtures/cli/documents.ts';

const standing = { blueHealthCheckPath: '/old', greenHealthCheckPath: '/older' };

type Paths = Partial<Record<Color, string>>;

test.each<[string, Record<string, string>, Color | undefined, string, string, Paths]>([
  ['a first release', {}, 'blue', '/new', '/new', {}],
  ['a release that comes in green', standing, 'green', '/old', '/new', {}],
  ['a release that comes in blue', standing, 'blue', '/new', '/older', {}],
  ['a release that replaces instances in place', standing, undefined, '/old', '/older', {}],
  ['a release after an attempt that failed', standing, 'green', '/live', '/new', { blue: '/live' }],
  ['a live release beside a warm one', standing, 'green', '/warm', '/new', { blue: '/warm', green: '/new' }],
])(
  '%s is checked at its own path, and the other colour at the path it has',
  (_, known, color, blue, green, inUse) => {
    const present = plan();
    const wanted = { ...present, healthCheckPath: { ...present.healthCheckPath, value: '/new' } };
    expect(healthCheckPaths(wanted, known, color, inUse)).toEqual({ blue, green });
  },
);
