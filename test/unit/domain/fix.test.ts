import { describe, expect, test } from '@jest/globals';
import type { DeploySettings } from '../../../src/domain/execution.ts';
import { executionOfFix, type FixAction, fixDigest, fixId } from '../../../src/domain/fix.ts';
import { fixPolicyOf, nextStep } from '../../../src/domain/fix-decision.ts';
import { changeBack, withChange } from '../../../src/domain/settings-change.ts';
import { anExecution } from '../../contracts/deployment-store.contract.ts';
import fc from '../../fixtures/properties.ts';

const fix: FixAction = {
  action: 'change_health_check',
  risk: 'safe',
  parameters: { path: '/health' },
  does: 'check the health at /health',
  change: { plan: { healthCheckPath: '/health' } },
  shown: [{ setting: 'healthCheckPath', from: '/', to: '/health' }],
  asks: [],
  pauseSeconds: 0,
};

describe('the digest of a fix', () => {
  const digest = fixDigest('deploy-1', 1, fix);

  test.each<[string, string, number, FixAction]>([
    ['another execution', 'deploy-2', 1, fix],
    ['another round', 'deploy-1', 2, fix],
    ['another change', 'deploy-1', 1, { ...fix, change: { plan: { healthCheckPath: '/' } } }],
    ['another variable', 'deploy-1', 1, { ...fix, change: { ...fix.change, variables: { CI: 'false' } } }],
    ['another action', 'deploy-1', 1, { ...fix, action: 'run_migrations' }],
    ['another wish', 'deploy-1', 1, { ...fix, asks: ['SECRET'] }],
  ])('differs for %s', (_, executionId, round, other) => {
    expect(fixDigest(executionId, round, other)).not.toBe(digest);
  });

  test('stays what it is on record of fixes that wait for an answer', () => {
    const change = {
      plan: { healthCheckPath: '', build: 'npm run build' },
      variables: { CI: 'false' },
      startTimeoutSeconds: 90,
    };
    expect(digest).toBe('ed85e34f74844f19b002b5ae8bfe95a39478acc7f8a533ec9003382df691177e');
    expect(fixDigest('deploy-1', 2, { ...fix, change, asks: ['SECRET'], pauseSeconds: 5 })).toBe(
      '278bc1e8e9f66509905a1a52ce537ca60dc1d915ea0555410b9b50a4882361d6',
    );
  });

  test('names the fix, and the fix its execution', () => {
    expect(executionOfFix(fixId('deploy-1', digest))).toBe('deploy-1');
    expect(executionOfFix('deploy-1')).toBeUndefined();
    expect(executionOfFix('../x.12345678z')).toBeUndefined();
  });
});

describe('what becomes of a fix', () => {
  test.each([
    ['safe', 0.8, [], 'ask', 'apply'],
    ['safe', 0.79, [], 'ask', 'ask'],
    ['safe', 0.79, [], 'safe', 'give-up'],
    ['safe', 1, ['KEY'], 'ask', 'ask'],
    ['needs-approval', 1, [], 'ask', 'ask'],
    ['needs-approval', 1, [], 'safe', 'give-up'],
    ['safe', 1, [], 'none', 'give-up'],
  ] as const)('%s, %d sure, wants %j, policy %s: %s', (risk, confidence, asks, policy, next) => {
    expect(nextStep({ risk, asks }, confidence, policy)).toBe(next);
  });
});

test.each([
  ['somebody waits for it', {}, undefined, 'ask'],
  ['nobody waits for it', { unattended: true } as const, undefined, 'safe'],
  ['nobody waits for it, but the operator wants to be asked', { unattended: true } as const, 'ask', 'ask'],
  ['the operator wants no fixes', {}, 'none', 'none'],
] as const)('%s: policy %s', (_, fields, fixes, policy) => {
  const { settings } = anExecution();
  expect(
    fixPolicyOf(
      { ...anExecution(), ...fields, workflow: 'deploy', settings: { ...settings, fixes } },
      'build',
    ),
  ).toBe(policy);
});

describe('a change of settings', () => {
  const texts = fc.dictionary(
    fc.constantFrom('start', 'build', 'install', 'port'),
    fc.string({ minLength: 1 }),
    {
      noNullPrototype: true,
    },
  );
  const settings = (plan: Record<string, string>, variables: Record<string, string>): DeploySettings => ({
    target: 'local',
    source: { kind: 'folder', path: '/shop', workingTree: false },
    stage: 'production',
    whatIf: false,
    environmentNames: [],
    startTimeoutSeconds: 60,
    plan: Object.keys(plan).length > 0 ? plan : undefined,
    variables: Object.keys(variables).length > 0 ? variables : undefined,
  });

  test('can be taken back', () => {
    fc.assert(
      fc.property(
        texts,
        texts,
        texts,
        texts,
        fc.integer({ min: 1, max: 300 }),
        (plan, variables, p, v, startTimeoutSeconds) => {
          const before = settings(plan, variables);
          const change = { plan: p, variables: v, startTimeoutSeconds };
          const after = withChange(before, change);
          expect(after.plan ?? {}).toMatchObject(p);
          expect(withChange(after, changeBack(before, change))).toEqual(before);
        },
      ),
    );
  });
});
