import { expect, test } from '@jest/globals';
import { healthCheckPaths } from '../../../../lambdas/provisioner/infrastructure-facts.ts';
import type { Color } from '../../../../src/domain/deployment.ts';
import { plan } from '../../../fixtures/cli/documents.ts';

const standing = { blueHealthCheckPath: '/old', greenHealthCheckPath: '/older' };

test.each<[string, Record<string, string>, Color | undefined, string, string]>([
  ['a first release', {}, 'blue', '/new', '/new'],
  ['a release that comes in green', standing, 'green', '/old', '/new'],
  ['a release that comes in blue', standing, 'blue', '/new', '/older'],
  ['a release that replaces instances in place', standing, undefined, '/old', '/older'],
])(
  '%s is checked at its own path, and the other colour at the path it has',
  (_, known, color, blue, green) => {
    const present = plan();
    const wanted = { ...present, healthCheckPath: { ...present.healthCheckPath, value: '/new' } };
    expect(healthCheckPaths(wanted, known, color)).toEqual({ blue, green });
  },
);
