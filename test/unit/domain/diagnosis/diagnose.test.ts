import { describe, expect, test } from '@jest/globals';
import { scoreOf } from '../../../../bench/medic/score.ts';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import { CODE_MEANINGS } from '../../../../src/domain/diagnosis/failure-codes.ts';
import { isErrorCode } from '../../../../src/domain/errors.ts';
import {
  BLIND_CASES,
  diagnoseCase,
  type FailureCase,
  FOREIGN_CASES,
  FURTHER_CASES,
  GIVEN_CASES,
  UNSEEN_CASES,
  WORDINGS,
  WRITTEN_CASES,
} from '../../../fixtures/medic/cases.ts';
import fc from '../../../fixtures/properties.ts';

const score = (cases: readonly FailureCase[]) =>
  scoreOf(
    cases.map((one) => ({
      expected: { ...one, accept: [...(one.accept ?? [])], params: {} },
      diagnosis: diagnoseCase(one, one.text),
    })),
    0,
  );

describe('the given cases', () => {
  const { total, causeAccepted, causeExact, fixRight, unsafe, unknownPrecision } = score(GIVEN_CASES);

  test('are understood', () => {
    expect(causeExact / total).toBeGreaterThanOrEqual(0.97);
    expect(causeAccepted / total).toBeGreaterThanOrEqual(0.97);
    expect(fixRight / total).toBeGreaterThanOrEqual(0.97);
  });

  test('get no action that is riskier than right, and "unknown" only where nothing is known', () => {
    expect({ unsafe, unknownPrecision }).toEqual({ unsafe: 0, unknownPrecision: 1 });
  });
});

test.each([
  ['of other projects', FURTHER_CASES],
  ['that were written', WRITTEN_CASES],
  ['that were written later', UNSEEN_CASES],
  ['that mislead', BLIND_CASES],
  ['outside of the list, in its words', FOREIGN_CASES],
])('further cases %s are understood as well', (_, cases) => {
  const { total, causeAccepted, fixRight, unsafe } = score(cases);
  expect(causeAccepted / total).toBeGreaterThanOrEqual(0.95);
  expect(fixRight / total).toBeGreaterThanOrEqual(0.93);
  expect(unsafe / total).toBeLessThanOrEqual(0.01);
});

test.each(WORDINGS)('in %s, %s is known by its wording', (phase, cause, log) => {
  expect(diagnose({ log, phase }).cause).toBe(cause);
});

describe('a long noisy log', () => {
  const before = Array.from(
    { length: 700 },
    (_, index) => `2024-01-01T00:00:00Z web-1 | GET /items/${index} 200 in ${index} ms`,
  );
  const after = Array.from({ length: 450 }, (_, index) => `2024-01-01T00:00:01Z web-1 | job ${index} done`);

  test('does not hide the cause of any given case', () => {
    const lost = GIVEN_CASES.filter((one) => {
      const { cause } = diagnoseCase(one, [...before, one.text, ...after].join('\n'));
      return cause !== diagnoseCase(one, one.text).cause;
    });
    expect(lost.map(({ id, cause }) => [id, cause])).toEqual([]);
  });
});

describe('what is no failure', () => {
  test.each([
    [
      'a web server at work',
      'Server listening on 0.0.0.0:3000\nGET / 200 3 ms\nGET /favicon.ico 404 1 ms\nPOST /login 302 8 ms',
    ],
    [
      'an install',
      'npm warn deprecated rimraf@3.0.2: use v4\nadded 512 packages in 8s\nfound 0 vulnerabilities',
    ],
    [
      'a build',
      'vite v5.4.0 building for production...\n✓ 34 modules transformed.\ndist/index.html 0.46 kB\n✓ built in 1.02s',
    ],
    [
      'a database',
      'LOG:  database system is ready to accept connections\nLOG:  checkpoint complete: wrote 3 buffers',
    ],
    ['a unit', 'systemd[1]: Started Shop.\nsystemd[1]: shop.service: Deactivated successfully.'],
    ['a stack', 'web-stack | CREATE_COMPLETE | AWS::CloudFormation::Stack | web-stack |'],
    [
      'tests that passed',
      'Tests:       12 passed, 12 total\nTest Suites: 3 passed, 3 total\n5 passing (20ms)',
    ],
  ])('is unknown: %s', (_, log) => {
    expect(diagnose({ log })).toMatchObject({
      cause: 'unknown',
      fix: 'escalate',
      risk: 'human-only',
      parameters: {},
    });
  });

  test('is unknown: any text', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), (log) => {
        expect(diagnose({ log }).cause).toBe('unknown');
      }),
    );
  });

  test('is unknown: an empty log', () => {
    expect(diagnose({ log: '' })).toMatchObject({ cause: 'unknown', confidence: 0 });
  });
});

describe('a diagnosis', () => {
  test('is proved by lines with their numbers, and takes parameters from them', () => {
    const log = 'starting\nError: listen EADDRINUSE: address already in use :::5000\n    at Server.listen';
    expect(diagnose({ log, phase: 'deploy' })).toMatchObject({
      cause: 'port_in_use',
      fix: 'change_port',
      risk: 'safe',
      parameters: { port: 5000 },
      evidence: [{ number: 2, text: 'Error: listen EADDRINUSE: address already in use :::5000' }],
    });
  });

  test('prefers the root to what follows from it', () => {
    const log =
      'FATAL:  password authentication failed for user "shop"\nsystemd[1]: shop.service: Start request repeated too quickly.\nHealth checks failed with these codes: [502]';
    expect(diagnose({ log }).cause).toBe('db_auth_failed');
  });

  test('depends on where it failed', () => {
    expect(diagnose({ log: 'Killed', phase: 'compile' }).cause).toBe('build_out_of_memory');
    expect(diagnose({ log: 'Killed', phase: 'deploy' }).cause).toBe('oom_killed_runtime');
    expect(diagnose({ log: 'Killed', phase: 'secure' }).cause).toBe('unknown');
  });

  test('leaves a fault of a tool to a person', () => {
    expect(diagnose({ log: 'npm error Exit handler never called!', phase: 'compile' })).toMatchObject({
      cause: 'unknown',
      risk: 'human-only',
    });
  });

  test('takes no longer for hostile lines', () => {
    const hostile = [
      'error '.repeat(2000),
      `${'a/'.repeat(3000)}`,
      '('.repeat(4000),
      `Error: ${'x-'.repeat(3000)} ${'1.'.repeat(3000)}`,
      `"${'\\"'.repeat(3000)}`,
    ];
    const log = Array.from({ length: 200 }, (_, index) => hostile[index % hostile.length]).join('\n');
    expect(diagnose({ log, phase: 'deploy' }).cause).toBeDefined();
  });
});

describe("HiveMind's own code", () => {
  test('decides when the log says nothing', () => {
    const log = 'the application did not start';
    expect(diagnose({ log, code: 'MissingEnvironmentVariable' })).toMatchObject({
      cause: 'missing_env_var',
      fix: 'request_env_value',
      risk: 'human-only',
    });
  });

  test('gives way to what the log says about a symptom', () => {
    const log = 'FATAL:  database "shop" does not exist';
    expect(diagnose({ log, code: 'HealthCheckFailed' }).cause).toBe('database_missing');
  });

  test('leaves everything open when it is general', () => {
    expect(diagnose({ log: 'it failed', code: 'BuildFailed' }).cause).toBe('unknown');
    expect(Object.keys(CODE_MEANINGS).every(isErrorCode)).toBe(true);
  });
});
