import { describe, expect, test } from '@jest/globals';
import { argv, express, mainCommand, planOf } from './plan-of.ts';

describe('what the operator sets of a plan', () => {
  test('wins over what the repository says', async () => {
    const plan = await planOf(express(), {
      plan: { start: 'node other.js', healthCheckPath: '/healthz', build: 'none', webSocket: 'true' },
    });
    expect(mainCommand(plan)).toEqual(argv('node other.js'));
    expect(plan).toMatchObject({
      healthCheckPath: {
        value: '/healthz',
        evidence: [{ note: 'set by the operator: healthCheckPath=/healthz' }],
      },
      build: { value: null },
      webSocket: { value: true },
    });
  });

  test('starts what HiveMind would find nothing to start in', async () => {
    const plan = await planOf({ 'lib/app.js': '' }, { plan: { start: 'node lib/app.js' } });
    expect(mainCommand(plan)).toEqual(argv('node lib/app.js'));
  });

  test('gives and takes a database', async () => {
    expect((await planOf(express(), { plan: { database: 'postgres' } })).database.value).toBe('postgres');
    const files = express({ dependencies: { express: '^5.1.0', pg: '^8.0.0' } });
    expect((await planOf(files, { plan: { database: 'none' } })).database.value).toBeNull();
  });
});
