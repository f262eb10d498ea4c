import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';

const REFUSED = 'Error: connect ECONNREFUSED 172.20.0.2:5432';
const DENIED = 'FATAL:  password authentication failed for user "shop"';

describe('what a log says later', () => {
  test.each([
    ['a build that ended well', [DENIED, 'BUILD SUCCESSFUL in 41s']],
    ['tests that passed', [REFUSED, 'Tests:       9 passed, 9 total']],
    ['a stack that came up', ['Rate exceeded', 'shop | UPDATE_COMPLETE | AWS::CloudFormation::Stack | shop']],
    ['a health check that passed', [REFUSED, 'health check passed after 3 attempts']],
    [
      'a service that came up after it was refused',
      [REFUSED, 'Connected to PostgreSQL', 'Server listening on :3000'],
    ],
    [
      'a passed test with an error in its name',
      ['✓ throws "password authentication failed for user "x"" (4 ms)'],
    ],
    ['none of what is feared', ['No pending migrations to apply.', '0 pending migrations']],
  ])('overtakes an error: %s', (_, lines) => {
    expect(diagnose({ log: lines.join('\n') })).toMatchObject({ cause: 'unknown', risk: 'human-only' });
  });

  test.each([
    ['something fails after the success', ['✓ built in 3.1s', DENIED, 'exit code 1']],
    ['a part failed', ['Checks: 1 failed, 8 passed', DENIED, 'Test Files 11 passed']],
    ['the success is only hoped for', [DENIED, 'Please make sure your database server is running']],
    [
      'what came up has nothing to do with it',
      [DENIED, 'LOG:  database system is ready to accept connections'],
    ],
  ])('does not overtake an error: %s', (_, lines) => {
    expect(diagnose({ log: lines.join('\n'), phase: 'deploy' }).cause).toBe('db_auth_failed');
  });
});

test('what HiveMind itself saw fail stays, though the log ends well', () => {
  const log =
    'the application listens on port 4000, though not on the address 127.0.0.1\nadded 12 packages in 2s';
  expect(diagnose({ log, phase: 'deploy' }).cause).toBe('wrong_bind_address');
});

test('what runs for long answers well between its failures', () => {
  const log = 'FATAL:  sorry, too many clients already\nhealth check passed';
  expect(diagnose({ log, phase: 'monitor' }).cause).toBe('db_too_many_connections');
});

describe('where two causes are as likely', () => {
  test('the fix that needs no approval is proposed', () => {
    const log = 'database SELF_SIGNED_CERT_IN_CHAIN\nself-signed certificate in certificate chain';
    expect(diagnose({ log, phase: 'deploy' }).risk).not.toBe('needs-approval');
  });

  test('a message from another phase is no reason for a fix that needs approval', () => {
    const log = 'An error occurred: port 22 is being used by another process';
    expect(diagnose({ log, phase: 'deploy' }).risk).not.toBe('needs-approval');
  });
});

describe('an error that the log says to go on without', () => {
  const CRASH = 'TypeError: cart.total is not a number\n    at total (/srv/app/cart.js:4:2)';

  test('gives way to what fails later', () => {
    const log = `connect ECONNREFUSED 127.0.0.1:6379, falling back to memory\n${CRASH}`;
    expect(diagnose({ log, phase: 'deploy' }).cause).toBe('app_code_exception');
  });

  test('stays when only its consequences follow', () => {
    const log =
      'connect ECONNREFUSED 127.0.0.1:6379, falling back to memory\nStart request repeated too quickly';
    expect(diagnose({ log, phase: 'deploy' }).cause).toBe('backing_service_refused');
  });
});

describe('a message out of its context', () => {
  test('of AWS is unknown where nothing else is of AWS', () => {
    const log = 'Error: an update is already in progress';
    expect(diagnose({ log, phase: 'compile' }).cause).toBe('unknown');
    expect(diagnose({ log: `${log} (CloudFormation)`, phase: 'compile' }).cause).toBe('stack_busy');
  });

  test('is unknown inside of an address', () => {
    const log = 'see https://docs.example.com/errors/ThrottlingException\nfailed';
    expect(diagnose({ log, phase: 'provision' }).cause).toBe('unknown');
  });
});

describe('a cause that names no reason', () => {
  const RESTARTS = 'web.service: Start request repeated too quickly.';

  test('is the answer when the log names none', () => {
    expect(diagnose({ log: RESTARTS, phase: 'deploy' }).cause).toBe('crash_loop_unexplained');
  });

  test('is not when the log names an error that nothing explains', () => {
    const log = `fatal: flux capacitor misaligned\n${RESTARTS}`;
    expect(diagnose({ log, phase: 'deploy' })).toMatchObject({ cause: 'unknown', risk: 'human-only' });
  });
});

test('tests that failed are the failure, whatever they say about databases', () => {
  const log = 'connect ECONNREFUSED 127.0.0.1:5432\nTests:       1 failed, 8 passed, 9 total';
  expect(diagnose({ log, phase: 'compile' }).cause).toBe('tests_failed');
});

test('the evidence of an unknown cause holds no line twice', () => {
  const log = Array.from({ length: 6 }, () => 'ERROR something odd happened').join('\nstep\n');
  const { evidence } = diagnose({ log: `${log}\nnpm error Exit handler never called!` });
  const texts = evidence.map(({ text }) => text);
  expect(texts).toEqual([...new Set(texts)]);
});
