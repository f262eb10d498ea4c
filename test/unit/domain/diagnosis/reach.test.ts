import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';

const nothingIsChanged = (lines: readonly string[], phase: 'compile' | 'deploy' | 'monitor') =>
  expect(diagnose({ log: lines.join('\n'), phase })).toMatchObject({ risk: 'human-only' });

describe('what is only mentioned', () => {
  test.each([
    ['a change', ['- fix(db): "ENOSPC: no space left on device" is told', 'release failed: not on main']],
    ['help', ['  --port N    fails with EADDRINUSE when it is taken', 'web: error: no mode was given']],
    ['the title of a test', ['✕ answers 503 after ECONNREFUSED 127.0.0.1:5432 (14 ms)', '1 failed']],
    ['code', ["src/a.ts:15:  EADDRINUSE: 'address already in use',", 'error: forbidden literal found']],
    ['an entry of advice', ['  * "certificate has expired": set the clock', 'activation failed']],
  ])('is no finding: %s', (_, lines) => nothingIsChanged(lines, 'compile'));

  test('is told from the same words in a report', () => {
    const log = 'Error: ENOSPC: no space left on device, write';
    expect(diagnose({ log, phase: 'compile' }).cause).toBe('disk_full');
  });
});

describe('what the log overtakes', () => {
  test.each([
    ['a port for which there was another', ['Port 3000 is in use, using another one', 'ready on :3001']],
    [
      'a connection that came up',
      ['connect ECONNREFUSED 127.0.0.1:5432', 'connected to postgres', 'LedgerError: sum is not 0'],
    ],
  ])('is no finding: %s', (_, lines) => nothingIsChanged(lines, 'deploy'));

  test('stays when it comes back', () => {
    const refused = 'Error: connect ECONNREFUSED 127.0.0.1:5432';
    const log = [refused, 'connected to postgres', refused, 'LedgerError: sum is not 0'].join('\n');
    expect(diagnose({ log, phase: 'deploy' }).cause).toBe('db_connection_refused');
  });
});

describe('a fix', () => {
  test.each([
    ['a device of the kernel', "Error: EACCES: permission denied, open '/dev/kvm'"],
    ['the memory of a segment', 'could not resize shared memory segment "/x": No space left on device'],
    ['a password of a proxy', 'curl: (56) Received HTTP code 407 from proxy after CONNECT'],
    ['a certificate that signs', 'SAML: the IdP signing certificate expired'],
    ['a stack of another tool', 'pulumi: error: the stack is currently locked by 1 lock(s)'],
    ['a rate of another service', 'StripeRateLimitError: Request rate limit exceeded'],
  ])('is not proposed for what it cannot change: %s', (_, log) => nothingIsChanged([log], 'deploy'));

  test('is not proposed for a guess', () => {
    nothingIsChanged(['Gradle build daemon disappeared unexpectedly (it may have been killed)'], 'compile');
  });

  test('takes no longer for hostile lines', () => {
    const hostile = [
      '- fix('.repeat(600),
      `${'a.'.repeat(1900)}:1:`,
      `--${'a='.repeat(1900)}`,
      '✕ ('.repeat(900),
    ];
    const log = Array.from({ length: 200 }, (_, index) => `${hostile[index % 4]} ENOSPC connected to`).join(
      '\n',
    );
    expect(diagnose({ log, phase: 'deploy' }).cause).toBeDefined();
  });
});
