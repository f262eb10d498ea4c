import { describe, expect, test } from '@jest/globals';
import { code, codeBlock, escaped, table } from '../../../src/domain/markdown.ts';
import { type ReportFacts, renderReport } from '../../../src/domain/report.ts';
import { plan } from '../../fixtures/cli/documents.ts';
import fc from '../../fixtures/properties.ts';
import { aProposedFix } from '../../fixtures/proposed-fix.ts';

const AT = '2025-01-02T12:00:00.000Z';

const facts = (change: Partial<ReportFacts> = {}): ReportFacts => ({
  deployment: {
    id: 'shop-abc234',
    name: 'shop',
    target: 'local',
    stage: 'production',
    source: { kind: 'git', url: 'https://token:secret@example.com/shop.git', ref: 'main' },
    status: 'ACTIVE',
    createdAt: AT,
    updatedAt: AT,
    liveColor: 'blue',
    liveRelease: 1,
    url: 'http://127.0.0.1:8100',
  },
  release: {
    deploymentId: 'shop-abc234',
    number: 1,
    commit: '0123456789abcdef',
    artifact: 'sha256-fedcba',
    configuration: 'c',
    createdAt: AT,
  },
  stages: [
    {
      executionId: 'exec-1',
      stage: 'build',
      status: 'SUCCEEDED',
      reused: false,
      digest: 'd',
      startedAt: AT,
      endedAt: '2025-01-02T12:01:05.000Z',
      output: { secret: 'never shown' },
      summary: 'sha256-fedcba',
      failure: null,
    },
  ],
  plan: plan(),
  environmentNames: ['API_KEY'],
  fixes: [],
  stacks: [
    {
      name: 'shop-abc234-database',
      blueprint: 'database',
      deploymentId: 'shop-abc234',
      status: 'CREATE_COMPLETE',
      parameters: {},
      outputs: { Url: 'postgres://shop:hunter2@127.0.0.1:5432/shop', MasterPassword: 'hunter2' },
      failure: null,
    },
  ],
  checks: [{ id: 'http', title: 'HTTP answer', result: 'pass', evidence: 'status 200', milliseconds: 12.4 }],
  findings: [
    {
      control: 'HM-BUILD-1',
      title: 'sandboxed build',
      result: 'warn',
      evidence: 'no bwrap',
      mend: 'install it',
    },
  ],
  anomalies: [],
  costs: {
    monthlyUsd: 3,
    items: [{ blueprint: 'database', what: 'instance', monthlyUsd: 3 }],
    note: 'list prices',
  },
  warnings: ['uncommitted changes are left out'],
  at: AT,
  ...change,
});

const failed = (): ReportFacts => {
  const { deployment } = facts();
  const failure = {
    stage: 'build' as const,
    code: 'BuildFailed' as const,
    fault: 'application' as const,
    message: 'npm run build exited with 1',
    hint: 'correct the script',
    logTail: ['```', '\u001b[31mred\u001b[0m', '</pre><script>alert(1)</script>'],
    at: AT,
  };
  return facts({ deployment: { ...deployment, status: 'FAILED', url: undefined, failure }, release: null });
};

const headings = (markdown: string): readonly string[] => markdown.match(/^#+ .*$/gm) ?? [];

describe('renderReport', () => {
  test('has all sections in order', () => {
    expect(headings(renderReport(facts()))).toEqual([
      '# shop: ACTIVE',
      ...['## Warnings', '## Timeline', '## Resources', '## Configuration', '## Verification', '## Security'],
      ...['## Access', '## Costs', '## Next steps', '## Troubleshooting'],
    ]);
  });

  test('says what was done, proved and found', () => {
    const report = renderReport(facts());
    expect(report).toContain('| Compiler | building the artifact | SUCCEEDED | 1 min 05 s | sha256-fedcba |');
    expect(report).toContain('| install | `npm ci` | 0.90 | package.json:7 (says so) |');
    expect(report).toContain('| ✓ pass | HTTP answer | status 200 | 12 ms |');
    expect(report).toContain('| ! warning | HM-BUILD-1 | sandboxed build | no bwrap | install it |');
    expect(report).toContain('| **Total** |  | **$3.00** |');
    expect(report).toContain('Address: http://127.0.0.1:8100');
    expect(report).toContain('Environment variables set by the operator: `API_KEY`');
  });

  test('says what a model says, and that it is a model that says it', () => {
    const explanation = { text: 'Look at *the* "build".', confidence: 0.72, model: 'bedrock:m' };
    const [finding] = facts().findings;
    if (!finding) throw new Error('the facts have a finding');
    const report = renderReport(
      facts({
        findings: [{ ...finding, explanation }],
        anomalies: [
          { what: 'errors', severity: 'warn', explanation: '2 % failed', evidence: '5xx 2' },
          { what: 'other', severity: 'info', explanation, evidence: 'the log: "<b>|slow"' },
        ],
      }),
    );
    expect(report).toContain(
      '\n\n- HM-BUILD-1: a model says (72 % sure, bedrock:m): "Look at \\*the\\* \'build\'."\n',
    );
    expect(report).toContain('## What stands out\n\n| Severity | What | Why | Evidence |\n');
    expect(report).toContain('| ! warning | errors | by rules: 2 % failed | 5xx 2 |');
    expect(report).toContain('| note | other | a model says (72 % sure, bedrock:m): "Look at');
    expect(report).toContain('| the log: "\\<b\\>\\|slow" |');
    expect(headings(report).slice(6, 9)).toEqual(['## Security', '## What stands out', '## Access']);
  });

  test('carries no secret', () => {
    const report = renderReport(facts());
    expect(report).not.toMatch(/hunter2|secret@|token:|never shown/);
    expect(report).toContain('MasterPassword = \\*\\*\\*');
  });

  test('explains a failure with its log as text', () => {
    const report = renderReport(failed());
    expect(report).toContain('# shop: FAILED');
    expect(report).toContain('**What happened** while building the artifact: npm run build exited with 1');
    expect(report).toContain('````text\n```\nred\n</pre><script>alert(1)</script>\n````');
    expect(report).toContain('hivemind destroy shop --confirm shop');
  });

  test('reports reused and running stages', () => {
    const [stage] = facts().stages;
    if (!stage) throw new Error('the facts have a stage');
    const report = renderReport(
      facts({
        stages: [
          { ...stage, reused: true },
          { ...stage, endedAt: null, status: 'RUNNING' },
        ],
      }),
    );
    expect(report).toContain('| SUCCEEDED | reused |');
    expect(report).toContain('| RUNNING | running |');
  });

  test('says which release is ready to go back to', () => {
    const { deployment } = facts();
    const warm = { color: 'green', release: 1, until: AT } as const;
    const report = renderReport(facts({ deployment: { ...deployment, previousRelease: 1, warm } }));
    expect(report).toContain('**Release before:** 1');
    expect(report).toContain(`\`hivemind rollback shop\` (release 1 is warm until ${AT})`);
    expect(renderReport(facts())).not.toContain('hivemind rollback');
  });

  test('tells what was tried, and how to answer what is asked', () => {
    const answer = { by: 'ada@here', at: AT, approved: true };
    const fixes = [
      aProposedFix({ status: 'FAILED', answer, explanation: 'a | <b>cause</b>' }),
      aProposedFix({ round: 2, does: 'use another port' }),
    ];
    const report = renderReport(facts({ fixes }));
    expect(headings(report)).toContain('## Fixes');
    expect(report).toContain(
      '| start: npm start to node server.js | it did not help, approved by ada@here |',
    );
    expect(report).toMatch(
      /\| 2 \| starting the release \| .* \| use another port \| .* \| waits for an answer until 2026-/,
    );
    expect(report).toContain(`\`hivemind approve ${fixes[1]?.id}\` or \`hivemind reject ${fixes[1]?.id}\``);
    expect(report).not.toContain('<b>');
  });

  test('reports what is not there yet', () => {
    const empty = { stages: [], plan: null, stacks: [], checks: [], findings: [], costs: null, warnings: [] };
    const report = renderReport(facts({ ...empty, environmentNames: [] }));
    expect(headings(report)).not.toContain('## Warnings');
    expect(report).toContain('There is no plan yet.');
    expect(report).toContain('Nothing has been verified yet.');
    expect(report).toContain('set by the operator: none');
  });

  test('shows hostile text as text, whatever it is', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'|`*_<>[]()#&\\\n\r\t\u001b[31m\u202e!-1.a ') });
    fc.assert(
      fc.property(hostile, (text) => {
        const [check] = facts().checks;
        const [finding] = facts().findings;
        if (!check || !finding) throw new Error('the facts have a check and a finding');
        const report = renderReport(
          facts({
            checks: [{ ...check, evidence: text }],
            findings: [{ ...finding, evidence: text, title: text }],
            warnings: [text],
          }),
        );
        expect(headings(report)).toHaveLength(11);
        expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
        for (const row of report.match(/^\| [✓!] .*$/gm) ?? []) {
          expect([5, 6]).toContain(row.replace(/\\\\/g, '').split(/(?<!\\)\|/).length - 1);
        }
      }),
    );
  });
});

describe('Markdown', () => {
  test('escapes markup, HTML and list marks', () => {
    expect(escaped('*a* <b> [c](d) `e` &amp;')).toBe('\\*a\\* \\<b\\> \\[c\\](d) \\`e\\` &amp;amp;');
    expect(escaped('# no heading')).toBe('\\# no heading');
    expect(escaped('12. no list')).toBe('12\\. no list');
  });

  test('fences code longer than what is inside', () => {
    expect(code('a `b` c')).toBe('``a `b` c``');
    expect(code('`')).toBe('`` ` ``');
    expect(codeBlock(['````'])).toBe('`````text\n````\n`````');
  });

  test('keeps cells apart', () => {
    expect(table(['A'], [[code('x | y')]])).toBe('| A |\n| --- |\n| `x \\| y` |');
  });
});
