import { describe, expect, test } from '@jest/globals';
import { REMEDIES, remediesFor } from '../../../../../lambdas/medic/fixes/remedies.ts';
import { ACTIONS } from '../../../../../src/domain/diagnosis/taxonomy/actions.ts';
import { parsePlanSettings } from '../../../../../src/domain/plan-settings.ts';
import { express } from '../../recon/plan-of.ts';
import { type Ailing, ailing, listening, scripts } from './ailing.ts';
import { BUILD_CASES } from './build-cases.ts';
import { RUN_CASES } from './run-cases.ts';

const FIRST = [...BUILD_CASES, ...RUN_CASES];

describe('what helps', () => {
  test.each(FIRST)('%s', async (_, ailment, change) => {
    const [fix] = remediesFor(await ailing(ailment));
    expect(fix?.change).toEqual(change);
    const plan = Object.fromEntries(
      Object.entries({ ...fix?.change.plan }).map(([key, to]) => [key, String(to)]),
    );
    expect(parsePlanSettings(plan)).toEqual(plan);
    expect(fix?.does).toMatch(/^[a-z]/);
    const keys = Object.keys({ ...fix?.change.plan, ...fix?.change.variables });
    expect(fix?.shown.map(({ setting }) => setting)).toEqual(expect.arrayContaining(keys));
  });

  test('shows what was there before', async () => {
    const [fix] = remediesFor(await ailing({ cause: 'dependency_conflict', stage: 'build' }));
    expect(fix?.shown).toEqual([{ setting: 'install', from: 'npm ci', to: 'npm ci --legacy-peer-deps' }]);
  });

  test('every remedy belongs to an action of the taxonomy and keeps its risk at least', async () => {
    for (const [, ailment] of FIRST) {
      for (const fix of remediesFor(await ailing(ailment))) {
        expect(REMEDIES[fix.action]).toBeDefined();
        if (ACTIONS[fix.action].risk !== 'safe') expect(fix.risk).toBe(ACTIONS[fix.action].risk);
      }
    }
  });

  test.each([
    ['local', [1, 3, 9]],
    ['aws', [15, 60, 180]],
  ] as const)('waits longer every time (%s)', async (target, pauses) => {
    for (const [fixesBefore, seconds] of pauses.entries()) {
      const [fix] = remediesFor(await ailing({ cause: 'network_transient', target, fixesBefore }));
      expect(fix?.pauseSeconds).toBe(seconds);
    }
  });
});

describe('what costs money or data', () => {
  test('is asked about: a database on AWS', async () => {
    const [fix] = remediesFor(await ailing({ cause: 'db_connection_refused', target: 'aws' }));
    expect(fix).toMatchObject({ action: 'rewire_database_url', risk: 'needs-approval' });
  });

  test('is asked about: migrations, a database that the operator did not want, a version that does not exist', async () => {
    const [migrations] = remediesFor(
      await ailing({ cause: 'migrations_missing', files: scripts({ 'db:setup': 'node x.js' }) }),
    );
    const [database] = remediesFor(
      await ailing({ cause: 'db_connection_refused', settings: { plan: { database: 'none' } } }),
    );
    const [version] = remediesFor(
      await ailing({
        cause: 'runtime_version_mismatch',
        parameters: { runtime: 'node', required: '>=99' },
        settings: { plan: { runtimeVersion: '>=99' } },
      }),
    );
    expect([migrations?.risk, database?.risk, version?.risk]).toEqual(Array(3).fill('needs-approval'));
  });
});

describe('a value that only the operator knows', () => {
  test('is asked for and never invented', async () => {
    const [fix, ...others] = remediesFor(
      await ailing({ cause: 'missing_env_var', parameters: { name: 'STRIPE_KEY' } }),
    );
    expect(fix).toMatchObject({
      action: 'request_env_value',
      risk: 'human-only',
      asks: ['STRIPE_KEY'],
      change: {},
    });
    expect(others).toEqual([]);
  });

  test('is asked for after HiveMind could not give it', async () => {
    const fixes = remediesFor(
      await ailing({ cause: 'missing_env_var', parameters: { name: 'DATABASE_URL' } }),
    );
    expect(fixes.map(({ action }) => action)).toEqual(['rewire_database_url', 'request_env_value']);
  });
});

describe('nothing is proposed', () => {
  test.each<readonly [string, Ailing]>([
    ['for what is unknown', { cause: 'unknown', action: 'retry_with_backoff' }],
    ['that HiveMind does not do', { cause: 'oom_killed_runtime' }],
    ['for mistakes in the code', { cause: 'app_code_exception' }],
    [
      'beyond the memory there is',
      { cause: 'build_out_of_memory', settings: { plan: { buildMemory: '16384' } } },
    ],
    ['beyond the time there is', { cause: 'app_slow_start', settings: { startTimeoutSeconds: 300 } }],
    [
      'for a database of another kind',
      {
        cause: 'missing_env_var',
        action: 'rewire_database_url',
        parameters: { name: 'DATABASE_URL' },
        files: express({ dependencies: { express: '5.1.0', mysql2: '3.0.0' } }),
      },
    ],
    ['for another service', { cause: 'db_url_malformed', parameters: { port: 3306 } }],
    [
      'for a connection of the operator',
      { cause: 'db_auth_failed', settings: { environmentNames: ['DATABASE_URL'] } },
    ],
    [
      'between two folders',
      {
        cause: 'no_project_manifest',
        plan: null,
        files: { 'shop/package.json': '{}', 'blog/package.json': '{}' },
      },
    ],
    [
      'for a version of another runtime',
      { cause: 'runtime_version_mismatch', parameters: { runtime: 'java', required: '17' } },
    ],
    [
      'for a version that is there already',
      { cause: 'runtime_version_mismatch', parameters: { runtime: 'node', required: '>=18', got: '24.1.0' } },
    ],
    ['for a port that needs rights', { cause: 'port_mismatch', parameters: { got: 80 } }],
    ['for a port of another program', { cause: 'port_in_use', parameters: { port: 3000 } }],
    ['for an address that nothing sets', { cause: 'wrong_bind_address' }],
    ['for a health check of an application without another route', { cause: 'health_check_code_mismatch' }],
    ['for migrations that are not there', { cause: 'migrations_missing' }],
    ['for stacks on one machine', { cause: 'stack_rollback_complete' }],
    ['for a variable that HiveMind sets itself', { cause: 'missing_env_var', parameters: { name: 'PORT' } }],
    [
      'for a variable that nobody has checked',
      { cause: 'warnings_as_errors', parameters: { name: 'LD_PRELOAD', value: '/tmp/x.so' } },
    ],
  ])('%s', async (_, ailment) => {
    expect(remediesFor(await ailing(ailment))).toEqual([]);
  });
});

test('stacks are made again or loosened on AWS, with consent', async () => {
  const [again] = remediesFor(await ailing({ cause: 'stack_rollback_complete', target: 'aws' }));
  const [loosened] = remediesFor(await ailing({ cause: 'stack_update_rollback_failed', target: 'aws' }));
  const [waiting] = remediesFor(await ailing({ cause: 'stack_busy', target: 'aws' }));
  expect([again?.risk, loosened?.risk, waiting?.risk]).toEqual(['needs-approval', 'needs-approval', 'safe']);
});

test('two instances that take the port from each other are one instance, on one machine', async () => {
  const failure: Ailing = { cause: 'port_in_use', parameters: { port: 3000 }, stage: 'release' };
  const [twins, alone, elsewhere] = [
    await ailing({ ...failure, deployedTo: 'production' }),
    await ailing({ ...failure, deployedTo: 'stage-1' }),
    await ailing({ ...failure, deployedTo: 'production', target: 'aws' }),
  ];
  expect(remediesFor(twins)[0]?.change).toEqual({ plan: { port: '3000' } });
  expect([...remediesFor(alone), ...remediesFor(elsewhere)]).toEqual([]);
});

test('a port that is taken is another one where the application can be told', async () => {
  const [given] = remediesFor(await ailing({ cause: 'port_in_use', parameters: { port: 20_123 } }));
  const files = listening('app.listen(process.env.APP_PORT ?? 3000);\n');
  const [told] = remediesFor(await ailing({ cause: 'port_in_use', parameters: { port: 3000 }, files }));
  expect(given?.change).toEqual({ plan: { port: expect.stringMatching(/^1\d{4}$/) } });
  expect(told?.change.variables).toEqual({ APP_PORT: told?.change.plan?.port });
});
