import { describe, expect, test } from '@jest/globals';
import { CONTROLS, controlsSummary, judgeControls } from '../../../../lambdas/sheriff/controls.ts';
import type { ObservedFacts } from '../../../../lambdas/sheriff/facts.ts';
import { INFRASTRUCTURE_CONTROLS } from '../../../../lambdas/sheriff/infrastructure-controls.ts';
import type { ControlFinding } from '../../../../src/domain/verification.ts';
import type { DependencyFinding } from '../../../../src/ports/security-scanner.ts';
import fc from '../../../fixtures/properties.ts';

const LOCAL = { target: 'local', stage: 'stage-1' } as const;
const HERE = CONTROLS.filter((control) => !INFRASTRUCTURE_CONTROLS.includes(control));

const GOOD = {
  secretsInRepository: [],
  audit: { audited: true, findings: [] },
  isolation: { sandboxed: true, how: 'bubblewrap' },
  listener: { host: '127.0.0.1', tls: true },
  databaseHost: '127.0.0.1',
  secretFileModes: [{ file: 'environment.json', mode: 0o100600 }],
  processArgumentsHoldSecret: false,
  runsAsRoot: false,
  environmentNames: { present: ['PORT', 'DATABASE_URL'], intended: ['DATABASE_URL'] },
} satisfies ObservedFacts;

const vulnerable = (cvss: number | null, severity: DependencyFinding['severity']): ObservedFacts => ({
  audit: { audited: true, findings: [{ package: 'x', severity, cvss, title: 'a hole', fixedIn: '1.2.3' }] },
});

function judge(facts: ObservedFacts, control: string): ControlFinding {
  const finding = judgeControls({ ...GOOD, ...facts }, LOCAL).find(
    (candidate) => candidate.control === control,
  );
  if (finding === undefined) throw new Error(`no finding for ${control}`);
  return finding;
}

describe('controls', () => {
  test('pass on a machine without faults', () => {
    const findings = judgeControls(GOOD, LOCAL);

    expect(findings.map(({ control }) => control)).toEqual(HERE.map(({ id }) => id));
    expect(findings.map(({ result }) => result)).toEqual(HERE.map(() => 'pass'));
  });

  const BAD: readonly (readonly [string, string, 'fail' | 'warn', ObservedFacts])[] = [
    ['HM-SRC-1', 'a secret', 'fail', { secretsInRepository: [{ file: 'a.js', line: 3, rule: 'github' }] }],
    ['HM-DEP-1', 'a CVSS above 7', 'fail', vulnerable(7.1, 'high')],
    ['HM-DEP-1', 'a CVSS of 7', 'warn', vulnerable(7, 'high')],
    ['HM-DEP-1', 'a critical advisory without CVSS', 'fail', vulnerable(null, 'critical')],
    ['HM-DEP-1', 'a low advisory', 'warn', vulnerable(null, 'low')],
    ['HM-DEP-1', 'no audit', 'warn', { audit: { audited: false, reason: 'no network' } }],
    ['HM-BLD-1', 'a build in the open', 'warn', { isolation: { sandboxed: false, how: 'no bubblewrap' } }],
    ['HM-NET-1', 'a listener for everybody', 'fail', { listener: { host: '0.0.0.0', tls: true } }],
    ['HM-NET-2', 'a database for everybody', 'fail', { databaseHost: '::' }],
    ['HM-TLS-1', 'plain HTTP to the outside', 'fail', { listener: { host: '192.168.0.7', tls: false } }],
    ['HM-SEC-1', 'a secret file for the group', 'fail', { secretFileModes: [{ file: 'a', mode: 0o640 }] }],
    ['HM-SEC-2', 'a secret in an argument', 'fail', { processArgumentsHoldSecret: true }],
    [
      'HM-SEC-3',
      'an inherited credential',
      'fail',
      { environmentNames: { present: ['AWS_SECRET_ACCESS_KEY'], intended: [] } },
    ],
    ['HM-RUN-1', 'a process of root', 'warn', { runsAsRoot: true }],
  ];

  test.each(BAD)('%s notices %s', (control, _, result, facts) => {
    const finding = judge(facts, control);

    expect(finding).toMatchObject({ result, mend: expect.stringMatching(/^\w.*[^.]$/) });
    expect(finding.evidence).not.toBe(judge({}, control).evidence);
  });

  test('can all fail or warn', () => {
    expect(new Set(BAD.map(([control]) => control))).toEqual(new Set(HERE.map(({ id }) => id)));
  });

  test.each([
    ['HM-NET-1', { listener: null }],
    ['HM-TLS-1', { listener: null }],
    ['HM-TLS-1', { listener: { host: '127.0.0.1', tls: false } }],
    ['HM-NET-2', { databaseHost: null }],
    ['HM-SEC-1', { secretFileModes: [] }],
  ] satisfies readonly (readonly [string, ObservedFacts])[])(
    '%s does not apply without its subject',
    (control, facts) => {
      expect(judge(facts, control)).toMatchObject({ result: 'not-applicable', mend: null });
    },
  );

  test('claim nothing about facts that nobody observed', () => {
    fc.assert(
      fc.property(fc.subarray(Object.entries(GOOD)), (facts) => {
        const observed = Object.fromEntries(facts);
        const expected = ('listener' in observed ? 1 : 0) + facts.length;
        expect(judgeControls(observed, LOCAL)).toHaveLength(expected);
      }),
    );
  });

  test('accept a credential that the operator gave', () => {
    const environmentNames = { present: ['OPENAI_API_KEY'], intended: ['OPENAI_API_KEY'] };

    expect(judge({ environmentNames }, 'HM-SEC-3').result).toBe('pass');
  });

  test('accept loopback addresses only', () => {
    const elsewhere = fc.ipV4().filter((host) => !host.startsWith('127.'));
    fc.assert(
      fc.property(elsewhere, (databaseHost) => judge({ databaseHost }, 'HM-NET-2').result === 'fail'),
    );
    for (const databaseHost of ['127.0.0.1', '127.8.9.10', 'localhost', '::1', '/tmp/socket']) {
      expect(judge({ databaseHost }, 'HM-NET-2').result).toBe('pass');
    }
  });

  test('refuse every mode with rights for others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (mode) => {
        const { result } = judge({ secretFileModes: [{ file: 'a', mode }] }, 'HM-SEC-1');
        expect(result).toBe(mode % 0o100 === 0 ? 'pass' : 'fail');
      }),
    );
  });

  test('show hostile names harmlessly and few of them', () => {
    const secretsInRepository = Array.from({ length: 9 }, () => ({
      file: '\u001b[2Ja\nb',
      line: 1,
      rule: 'aws',
    }));

    const { evidence } = judge({ secretsInRepository }, 'HM-SRC-1');

    expect(evidence).toBe('9 places look like a secret: a b:1 (aws), a b:1 (aws), a b:1 (aws) and 6 more');
  });
});

describe('summary of controls', () => {
  test('counts results and names what needs attention', () => {
    const findings = judgeControls(
      {
        ...GOOD,
        listener: { host: '127.0.0.1', tls: false },
        runsAsRoot: true,
        processArgumentsHoldSecret: true,
      },
      LOCAL,
    );

    expect(controlsSummary(findings)).toBe(
      '10 controls: 7 passed, 1 not applicable, 1 with a warning (HM-RUN-1), 1 failed (HM-SEC-2)',
    );
  });

  test('is short when all pass', () => {
    expect(controlsSummary(judgeControls({ runsAsRoot: false }, LOCAL))).toBe('1 control: 1 passed');
  });
});
