import { describe, expect, test } from '@jest/globals';
import { planShape } from '../../../../src/contracts/plan.ts';
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

  test('says on which port the application listens, and takes that back', async () => {
    const plan = await planOf(express(), { plan: { port: '3000' } });
    expect(plan.processes.value[0]).toMatchObject({ exposed: true, port: 3000 });
    expect(plan.processes.evidence[0]?.note).toBe('set by the operator: port=3000');
    expect(planShape.parse(plan)).toEqual(plan);
    expect((await planOf(express(), { plan: { port: 'none' } })).processes.value[0]).not.toHaveProperty(
      'port',
    );
  });

  test('makes a service of what was taken for a worker', async () => {
    const files = {
      'package.json': { scripts: { start: 'node work.js' } },
      'work.js': 'setInterval(() => {}, 9)',
    };
    expect((await planOf(files)).processes.value[0]?.exposed).toBe(false);
    expect((await planOf(files, { plan: { port: '3000' } })).processes.value[0]?.exposed).toBe(true);
  });

  test('gives and takes a database', async () => {
    expect((await planOf(express(), { plan: { database: 'postgres' } })).database.value).toBe('postgres');
    const files = express({ dependencies: { express: '^5.1.0', pg: '^8.0.0' } });
    expect((await planOf(files, { plan: { database: 'none' } })).database.value).toBeNull();
  });
});
